import { z } from 'zod';
import { instant, listOf, reasonSchema, resource, verdictSchema } from './common.ts';
import { replicationSchema } from './protection.ts';

const pointRef = z.object({
  id: z.string(),
  name: z.string(),
  cluster: z.string(),
  /** Start of the capture. */
  time: instant.optional(),
  ageSeconds: z.number().optional(),
});

export const placementSchema = z.object({
  cluster: z.string().optional(),
  namespace: z.string(),
  labelSelector: z.string().optional(),
  claim: z.enum(['claimed', 'mapped', 'unclaimed', 'unknown']),
});

export const componentStatusSchema = z.object({
  name: z.string(),
  verdict: verdictSchema,
  reasons: z.array(reasonSchema),
  recoveryPoint: pointRef.optional(),
  policy: z.string().optional(),
  rpo: z.object({ objectiveSeconds: z.number().optional(), actualSeconds: z.number().optional() }),
  rto: z.object({ objectiveSeconds: z.number().optional(), measuredSeconds: z.number().optional(), provenAt: instant.optional() }),
  /** How far apart its policy lets what comes back together be. */
  consistency: z.object({ skewSeconds: z.number() }).optional(),
  nextRun: instant.optional(),
  volumes: z.array(
    z.object({
      cluster: z.string(),
      namespace: z.string(),
      claim: z.string(),
      state: z.enum(['captured', 'skipped', 'failed', 'absent', 'unknown']),
      method: z.string().optional(),
      bytes: z.number().optional(),
      message: z.string().optional(),
    }),
  ),
  /** Continuous copies of its claims. */
  replications: z.array(replicationSchema),
  workloads: z.array(
    z.object({
      cluster: z.string(),
      kind: z.string(),
      namespace: z.string(),
      name: z.string(),
      ready: z.boolean(),
      message: z.string().optional(),
    }),
  ),
});

export const applicationSchema = resource('Application', {
  spec: z.object({
    title: z.string().optional(),
    entityRef: z.string().optional(),
    owner: z.string().optional(),
    policy: z.string().optional(),
    source: z.enum(['catalog', 'labels', 'merged']),
    components: z.array(
      z.object({
        name: z.string(),
        title: z.string().optional(),
        entityRef: z.string().optional(),
        owner: z.string().optional(),
        type: z.string().optional(),
        dependsOn: z.array(z.string()),
        placements: z.array(placementSchema),
      }),
    ),
  }),
  status: z.object({
    verdict: verdictSchema,
    reasons: z.array(reasonSchema),
    recoveryPoint: pointRef.optional(),
    rpo: z.object({ objectiveSeconds: z.number().optional(), actualSeconds: z.number().optional() }),
    rto: z.object({ objectiveSeconds: z.number().optional(), measuredSeconds: z.number().optional(), provenAt: instant.optional() }),
    nextRun: instant.optional(),
    components: z.array(componentStatusSchema),
  }),
});
export type WireApplication = z.infer<typeof applicationSchema>;
export type WireComponentStatus = z.infer<typeof componentStatusSchema>;
export const applicationListSchema = listOf('Application', applicationSchema);
