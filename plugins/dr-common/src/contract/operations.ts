import { operationListSchema, operationSchema, planSchema } from '@kubectl-dr/core/wire/plan';
import { z } from 'zod';

const name = z.string().min(1).max(253);

/** What to plan; the application is in the path. Fields as `PlanRequest` of core. */
export const planRequestSchema = z.strictObject({
  intent: z.enum(['Backup', 'Restore', 'Drill', 'Failover', 'Relocate', 'Failback']),
  /** Absent: all. */
  components: z.array(name).min(1).max(500).optional(),
  /** Of a failover, relocation or failback: components that stay where they are. */
  without: z.array(name).min(1).max(500).optional(),
  /** A point's id or name, an instant (`14:05`, `2h ago`, RFC 3339) or `latest` (default). */
  point: z.string().min(1).max(600).optional(),
  /** Of a restore; default `clone`. */
  mode: z.enum(['clone', 'inPlace', 'dataOnly', 'configOnly']).optional(),
  /** Of a clone: the namespace to restore into. */
  namespace: z.string().min(1).max(63).optional(),
  /** Deny egress from a clone; default true. */
  isolate: z.boolean().optional(),
  /** Of a clone: take points that lack volumes as well, which come back empty; default false. */
  allowMissingVolumes: z.boolean().optional(),
  /** In place: remove what exists now and did not at the point; default false: it is left, and listed. */
  prune: z.boolean().optional(),
  /** In place: restart what depends on a component that went back; default false. */
  restartDependents: z.boolean().optional(),
  /** Of a failover, relocation or failback: the cluster to go on at. */
  to: name.optional(),
  /** Of a drill: the cluster to try it on, from what has arrived there; default: where it runs. */
  on: name.optional(),
  /** Of a move, or of a drill on another cluster: what a class of the source is called there. */
  storageClasses: z.record(name, name).optional(),
  /** Of the same: what a host of an Ingress or a route is called there, and labels by which nodes are chosen. */
  hosts: z.record(name, name).optional(),
  nodeLabels: z.record(z.string().min(1).max(600), z.string().max(600)).optional(),
  /** Of a move: what a namespace of the application is called there. */
  namespaces: z.record(name, name).optional(),
  /** Of a failover whose source does not answer: why the old copy cannot be running. Recorded. */
  override: z.string().trim().min(1).max(1000).optional(),
  /** Of a failover to an older moment: newer data that is there may be left behind. Recorded. */
  acceptDataLoss: z.boolean().optional(),
  /** Of a plan that is made again: when it was first asked for, RFC 3339 in UTC. PLAN_EXPIRED when that is longer ago than a plan lives. */
  at: z.iso.datetime().optional(),
  /** Of a plan that is made again: exactly these points, whatever `point` says. */
  pins: z
    .array(z.strictObject({ component: name, cluster: name, namespace: name, pointId: z.string().min(1).max(1000) }))
    .max(500)
    .optional(),
});
export type PlanRequestBody = z.infer<typeof planRequestSchema>;

/** A plan with what the caller's portal would do with it. */
export const portalPlanSchema = planSchema.extend({
  /**
   * Who may carry it out: `owner` at once, `approval` after another person agreed (then it waits as an operation), `operator`
   * only an operator. For an operator it is always `owner`.
   */
  selfService: z.enum(['owner', 'approval', 'operator']),
});
export type PortalPlan = z.infer<typeof portalPlanSchema>;

/** Why, for the journal of decisions. */
export const decisionSchema = z.strictObject({ reason: z.string().max(1000).optional() });
export type DecisionBody = z.infer<typeof decisionSchema>;

/** A plan is carried out as it was shown: by the id it was given and the hash of its contents. */
export const startOperationSchema = z.strictObject({
  plan: z.strictObject({ id: name, hash: z.string().min(1).max(200) }),
  /** For the journal and the audit. */
  reason: z.string().max(1000).optional(),
  /** Of a restore that changes what exists: the name of the application, typed by the person who asks for it. */
  confirm: z.string().max(253).optional(),
});
export type StartOperationBody = z.infer<typeof startOperationSchema>;

export const operationsQuerySchema = z.strictObject({
  /** Name or entity reference. */
  application: z.string().min(1).max(600).optional(),
  /** Newest first. */
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type OperationsQuery = z.input<typeof operationsQuerySchema>;

export const operationParametersSchema = z.object({ id: name });

/** 1 to 200 visible ASCII characters. */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'is not 1 to 200 visible ASCII characters');

export { operationListSchema, operationSchema, planSchema };
