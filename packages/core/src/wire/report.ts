import { z } from 'zod';
import { applicationSchema } from './application.ts';
import { instant, resource } from './common.ts';
import { doctorReportSchema } from './doctor.ts';
import { drillSchema } from './drill.ts';
import { operationSchema } from './plan.ts';
import { clusterSchema } from './protection.ts';

/** Evidence at one moment: how everything stands, what was found, which points there were and what was restored. */
export const reportSchema = resource('Report', {
  spec: z.object({
    application: z.string().optional(),
    /** How far back points are listed. */
    days: z.number(),
  }),
  status: z.object({
    at: instant,
    clusters: z.array(clusterSchema),
    applications: z.array(applicationSchema),
    doctor: doctorReportSchema.shape.status,
    timelines: z.array(
      z.object({
        application: z.string(),
        component: z.string(),
        /** Newest first. */
        points: z.array(z.object({ name: z.string(), cluster: z.string(), time: instant, usable: z.enum(['yes', 'no', 'unknown']) })),
      }),
    ),
    /** Restores that ended, newest first: what is proven. */
    restores: z.array(operationSchema),
    /** Drills that ended, newest first, with their evidence. */
    drills: z.array(drillSchema),
  }),
});
export type WireReport = z.infer<typeof reportSchema>;
