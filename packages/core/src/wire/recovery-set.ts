import { z } from 'zod';
import { apiVersion } from './api-version.ts';
import { instant, listOf } from './common.ts';

/** Of one component on one cluster: the newest usable point that is not younger than the set's moment. */
const part = z.object({
  component: z.string(),
  cluster: z.string(),
  point: z.object({ id: z.string(), name: z.string(), engine: z.string() }),
  /** START of the capture. */
  capturedAt: instant,
  /** From then to when this was listed: what going back to it loses. */
  lossSeconds: z.number(),
  /** `unknown`: the point could not be looked into. */
  usable: z.enum(['yes', 'unknown']),
});
export type WireSetPart = z.infer<typeof part>;

/**
 * Points of several components and clusters that belong together. `metadata.name` is what `--to` and `--point` take; every component of
 * which any point is usable is in it, on each cluster where it runs.
 */
export const listedSetSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('RecoverySet'),
  metadata: z.object({ name: z.string(), application: z.string() }),
  spec: z.object({
    moment: instant,
    parts: z.array(part),
    /** Components of which no point is usable on a cluster where they run. */
    missing: z.array(z.string()),
  }),
  status: z.object({
    /** Between the oldest and the newest data of its parts. */
    skewSeconds: z.number(),
    /** The strictest that the policies of its components allow; absent: none says. */
    allowedSkewSeconds: z.number().optional(),
    /** `same`: all of one capture; `within` and `beyond` what is allowed; `unsaid`: nothing is. */
    consistency: z.enum(['same', 'within', 'beyond', 'unsaid']),
    /** From its oldest data to when it was listed. */
    lossSeconds: z.number(),
    /** Whether all its parts are usable: `unknown` where one could not be looked into. */
    usable: z.enum(['yes', 'unknown']),
  }),
});
export type WireListedSet = z.infer<typeof listedSetSchema>;
export const listedSetListSchema = listOf('RecoverySet', listedSetSchema);
