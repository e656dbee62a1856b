import { z } from 'zod';
import { instant, listOf, resource } from './common.ts';
import { objectiveSchema, operationStateSchema, planCopySchema, planPointSchema } from './plan-parts.ts';

export const measuredSchema = z.object({ rtoSeconds: z.number().optional(), lossSeconds: z.number().optional() });

/** What is kept of a drill, field for field `execution/evidence.ts`. */
export const drillRecordSchema = z.object({
  spec: z.object({
    application: z.string(),
    entityRef: z.string().optional(),
    owner: z.string().optional(),
    components: z.array(z.string()),
    points: z.array(planPointSchema),
    copies: z.array(planCopySchema).optional(),
    target: z.array(z.object({ cluster: z.string(), namespaces: z.array(z.string()) })),
    objectives: z.array(objectiveSchema),
    planHash: z.string(),
    requestedBy: z.string(),
    requestedAt: instant,
    approvedBy: z.string().optional(),
    reason: z.string().optional(),
  }),
  status: z.object({
    state: operationStateSchema,
    message: z.string().optional(),
    healthyAt: instant.optional(),
    endedAt: instant.optional(),
    measured: measuredSchema,
    met: z.object({ rto: z.boolean().optional(), rpo: z.boolean().optional() }),
    components: z.array(z.object({ component: z.string(), lossSeconds: z.number().optional() })),
    checks: z.array(z.object({ title: z.string(), cluster: z.string(), state: z.string(), message: z.string().optional() })),
    unchecked: z.array(z.string()),
    steps: z.array(
      z.object({
        title: z.string(),
        cluster: z.string(),
        state: z.string(),
        startedAt: instant.optional(),
        endedAt: instant.optional(),
        message: z.string().optional(),
      }),
    ),
    cleanUp: z.object({
      state: z.enum(['Pending', 'Verified', 'Failed']),
      steps: z.array(z.object({ title: z.string(), cluster: z.string(), state: z.string(), message: z.string().optional() })),
    }),
  }),
});

/**
 * A drill, running or ended. `spec` and `status` without `evidence` are the record that `evidence.hash` is made of; while it
 * runs there is no evidence yet. `intact`: the record still has its hash.
 */
export const drillSchema = resource('Drill', {
  spec: drillRecordSchema.shape.spec,
  status: drillRecordSchema.shape.status.extend({ evidence: z.object({ hash: z.string(), intact: z.boolean() }).optional() }),
});
export type WireDrill = z.infer<typeof drillSchema>;
export const drillListSchema = listOf('Drill', drillSchema);
