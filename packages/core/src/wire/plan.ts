import { z } from 'zod';
import { instant, listOf, reasonSchema, resource } from './common.ts';
import { drillRecordSchema, measuredSchema } from './drill.ts';
import { objectiveSchema, operationStateSchema, planCopySchema, planPointSchema, recoverySetSchema } from './plan-parts.ts';
import { fenceSchema, mappingSchema, stepSchema } from './step.ts';

const strings = z.record(z.string(), z.string());
const name = z.string().min(1).max(253);

export const fieldChangeSchema = z.object({
  path: z.string(),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
  why: z.string().optional(),
});

export const changeSchema = z.object({
  action: z.enum(['create', 'change', 'leave', 'remove', 'conflict']),
  cluster: z.string(),
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  component: z.string().optional(),
  why: z.string().optional(),
  fields: z.array(fieldChangeSchema).optional(),
});

const intent = z.enum(['Backup', 'Restore', 'Drill', 'Failover', 'Failback', 'Relocate']);
const mode = z.enum(['clone', 'inPlace', 'dataOnly', 'configOnly']);

/** Field for field `PlanRequest` of `planning/model.ts`. */
export const planRequestSchema = z.strictObject({
  intent,
  application: z.string(),
  components: z.array(z.string()).optional(),
  without: z.array(z.string()).optional(),
  point: z.string().optional(),
  mode: mode.optional(),
  namespace: z.string().optional(),
  isolate: z.boolean().optional(),
  allowMissingVolumes: z.boolean().optional(),
  prune: z.boolean().optional(),
  safetyBackup: z.boolean().optional(),
  restartDependents: z.boolean().optional(),
  undoWindow: z.number().optional(),
  to: z.string().optional(),
  on: z.string().optional(),
  storageClasses: strings.optional(),
  hosts: strings.optional(),
  nodeLabels: strings.optional(),
  namespaces: strings.optional(),
  override: z.string().optional(),
  acceptDataLoss: z.boolean().optional(),
  at: instant.optional(),
  pins: z.array(z.strictObject({ component: z.string(), cluster: z.string(), namespace: name, pointId: z.string() })).optional(),
});

const planBody = z.object({
  id: name,
  hash: z.string(),
  createdAt: instant,
  expiresAt: instant,
  intent,
  request: planRequestSchema,
  application: z.string(),
  entityRef: z.string().optional(),
  owner: z.string().optional(),
  components: z.array(z.string()),
  points: z.array(planPointSchema),
  copies: z.array(planCopySchema).optional(),
  target: z.array(z.object({ cluster: z.string(), namespaces: z.array(z.string()) })),
  mode: mode.optional(),
  waves: z.array(z.array(stepSchema)),
  cleanUp: z.array(z.array(stepSchema)).optional(),
  objectives: z.array(objectiveSchema).optional(),
  changes: z.array(changeSchema),
  dataLoss: z.array(z.object({ component: z.string(), seconds: z.number(), text: z.string(), unknown: z.literal(true).optional() })),
  estimate: z.object({ seconds: z.number(), basis: z.string(), p95Seconds: z.number().optional() }).optional(),
  skewSeconds: z.number().optional(),
  mapping: mappingSchema.optional(),
  sets: z.array(recoverySetSchema).optional(),
  blockers: z.array(reasonSchema),
  warnings: z.array(reasonSchema),
  partial: z.object({ without: z.array(z.string()) }).optional(),
  undo: z.object({
    text: z.string(),
    possible: z.boolean(),
    waves: z.array(z.array(stepSchema)).optional(),
    release: z.array(z.array(stepSchema)).optional(),
  }),
  basis: strings,
  home: z.string(),
});
type PlanBody = typeof planBody;
/** By a name, since what the compiler would write out for it in every route that tells of plans is longer than it writes. */
export interface PlanBodySchema extends PlanBody {}
/** The body of a Plan, field for field `planning/model.ts`. Used for the journal and for saved plans as well. */
export const planBodySchema: PlanBodySchema = planBody;

export const planSchema = resource('Plan', { spec: planBodySchema });
export type WirePlan = z.infer<typeof planSchema>;

/** Of an application against its points: what a restore in place would change, without steps. */
export const diffSchema = resource('Diff', {
  spec: planBodySchema.pick({
    application: true,
    components: true,
    mode: true,
    points: true,
    skewSeconds: true,
    changes: true,
    dataLoss: true,
    estimate: true,
    blockers: true,
    warnings: true,
  }),
});
export type WireDiff = z.infer<typeof diffSchema>;

const stepRecordSchema = z.object({
  id: z.string(),
  state: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Skipped', 'Undone']),
  startedAt: instant.optional(),
  endedAt: instant.optional(),
  message: z.string().optional(),
  progress: z.number().optional(),
  nativePhase: z.string().optional(),
  attempt: z.number().optional(),
  capturedAt: instant.optional(),
});
const phaseSchema = z.object({
  requestedBy: z.string(),
  requestedAt: instant,
  endedAt: instant.optional(),
  override: z.string().optional(),
  fences: z.array(z.strictObject({ id: name, title: z.string(), cluster: z.string(), action: fenceSchema })).optional(),
  steps: z.array(stepRecordSchema),
});

const outcomeSchema = z.object({ state: z.enum(['Succeeded', 'Failed', 'Cancelled']), message: z.string(), at: instant });

export const operationBodySchema = z.object({
  id: name,
  plan: planBodySchema,
  state: operationStateSchema,
  requestedBy: z.string(),
  approvedBy: z.string().optional(),
  reason: z.string().optional(),
  requestedAt: instant,
  startedAt: instant.optional(),
  endedAt: instant.optional(),
  holder: z.string().optional(),
  steps: z.array(stepRecordSchema),
  message: z.string().optional(),
  cancelRequested: z.boolean().optional(),
  measured: measuredSchema.optional(),
  outcome: outcomeSchema.optional(),
  cleanUp: phaseSchema.optional(),
  evidence: z.object({ hash: z.string(), record: drillRecordSchema }).optional(),
  undoUntil: instant.optional(),
  undo: phaseSchema.optional(),
  release: phaseSchema.optional(),
});

/** `spec` is the plan, `status` everything that happens to it. */
export const operationSchema = resource('Operation', {
  spec: planBodySchema,
  status: operationBodySchema.omit({ id: true, plan: true }),
});
export type WireOperation = z.infer<typeof operationSchema>;
export const operationListSchema = listOf('Operation', operationSchema);
