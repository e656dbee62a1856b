import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { instant, reasonSchema, verdictSchema } from '@kubectl-dr/core/wire/common';
import { z } from 'zod';

/** What the index knows of one cluster. */
const indexedClusterSchema = z.object({
  name: z.string(),
  state: z.enum(['starting', 'fresh', 'stale', 'unreachable']),
  /** Seconds since the last news from the cluster. */
  staleSeconds: z.number(),
  /** Why it does not answer, with its address; for operators. */
  message: z.string().optional(),
});

/** Whether the plugin works. Served to every signed-in caller; what is wrong is told to operators, others hear how much is. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'starting', 'degraded']),
  /** When what is served was computed last. */
  assessedAt: instant.optional(),
  clusters: z.array(indexedClusterSchema),
  /** About the catalog and the fleet as a whole. */
  problemCount: z.number(),
  /** Absent for whoever is no operator: they name entities and files that not everybody may see. */
  problems: z.array(reasonSchema).optional(),
});
export type Health = z.infer<typeof healthSchema>;

/** A volume that no usable point holds, or the reason why nobody knows. */
export const coverageGapSchema = z.object({
  application: z.string(),
  component: z.string(),
  owner: z.string().optional(),
  cluster: z.string(),
  namespace: z.string(),
  claim: z.string(),
  state: z.enum(['skipped', 'failed', 'absent', 'unknown']),
  verdict: verdictSchema,
  message: z.string().optional(),
});

/** Volumes of the applications that the caller may see. */
export const coverageSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('Coverage'),
  volumes: z.object({ total: z.number(), captured: z.number() }),
  gaps: z.array(coverageGapSchema),
});
export type Coverage = z.infer<typeof coverageSchema>;
