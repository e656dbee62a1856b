import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { instant, reasonSchema, verdictSchema } from '@kubectl-dr/core/wire/common';
import { z } from 'zod';
import { applicationFilterSchema, many, verdictCountsSchema } from './applications.ts';

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

/** What no usable point holds: everything where there is no usable point; `unknown` where nobody could look. */
const gapStateSchema = z.enum(['skipped', 'failed', 'absent', 'unknown']);

export const coverageQuerySchema = applicationFilterSchema.extend({
  /** Only gaps of these states. */
  state: many(gapStateSchema).optional(),
  /** Most gaps that are listed. */
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
});
export type CoverageQuery = z.input<typeof coverageQuerySchema>;

/** A volume that no usable point holds, or the reason why nobody knows. */
export const coverageGapSchema = z.object({
  application: z.string(),
  title: z.string().optional(),
  /** Of the application. */
  entityRef: z.string().optional(),
  component: z.string(),
  owner: z.string().optional(),
  cluster: z.string(),
  namespace: z.string(),
  claim: z.string(),
  state: gapStateSchema,
  verdict: verdictSchema,
  message: z.string().optional(),
});

/** Volumes of the applications that the caller may see. */
export const coverageSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('Coverage'),
  volumes: z.object({ total: z.number(), captured: z.number() }),
  /** Of gaps, also of those past the limit. */
  total: z.number(),
  /** Of the worst applications first. */
  gaps: z.array(coverageGapSchema),
});
export type Coverage = z.infer<typeof coverageSchema>;
export type CoverageGap = Coverage['gaps'][number];

/** Who owns applications that the caller may see, and how these stand. */
export const ownerListSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('OwnerList'),
  /** By reference; the one without is of applications that nobody claims. */
  items: z.array(z.object({ owner: z.string().optional(), total: z.number(), verdicts: verdictCountsSchema })),
});
export type OwnerList = z.infer<typeof ownerListSchema>;
export type OwnerCounts = OwnerList['items'][number];
