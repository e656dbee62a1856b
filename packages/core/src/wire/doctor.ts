import { z } from 'zod';
import { instant, reasonSchema, resource } from './common.ts';

export const findingSchema = reasonSchema.extend({
  application: z.string().optional(),
  /** The object that it is about, where it is one in a namespace of applications. */
  subject: z.object({ namespace: z.string(), kind: z.string().optional(), name: z.string().optional() }).optional(),
  /** Why it matters, for somebody who is still learning. */
  why: z.string(),
  /** Numbers of the checklist under which it is told. */
  checks: z.array(z.string()),
});
export type WireFinding = z.infer<typeof findingSchema>;

/** `metadata.name`: the application, or `fleet`. */
export const doctorReportSchema = resource('DoctorReport', {
  spec: z.object({ application: z.string().optional() }),
  status: z.object({
    at: instant,
    counts: z.object({ blocker: z.number(), critical: z.number(), warning: z.number(), info: z.number() }),
    /** Worst first. */
    findings: z.array(findingSchema),
    checks: z.array(z.object({ number: z.string(), title: z.string(), result: z.enum(['found', 'clear', 'unseen']) })),
    unseen: z.array(
      z.object({
        cluster: z.string(),
        types: z.array(z.string()),
        message: z.string(),
        identity: z.string().optional(),
        /** Manifest of the smallest role that would allow to look. */
        role: z.string().optional(),
        fix: z.string().optional(),
      }),
    ),
  }),
});
export type WireDoctorReport = z.infer<typeof doctorReportSchema>;
