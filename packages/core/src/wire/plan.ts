import { z } from 'zod';
import { suspendMechanisms } from '../planning/suspension.ts';
import { instant, listOf, reasonSchema, resource } from './common.ts';
import { drillRecordSchema, measuredSchema } from './drill.ts';
import { objectiveSchema, operationStateSchema, planCopySchema, planPointSchema, recoverySetSchema } from './plan-parts.ts';

const strings = z.record(z.string(), z.string());
const name = z.string().min(1).max(253);

const backupRequest = z.strictObject({
  name,
  namespaces: z.array(name),
  labelSelector: z.string().optional(),
  claims: z.array(name).optional(),
  location: z.string().optional(),
  keepFor: z.number().optional(),
  volumes: z.enum(['all', 'none', 'moved']).optional(),
  consistency: z.literal('group').optional(),
  labels: strings,
  annotations: strings,
});

const restoreRequest = z.strictObject({
  point: z.strictObject({ id: z.string(), name, namespace: name, cluster: z.string() }),
  namespaces: z.array(name),
  namespaceMapping: strings,
  labelSelector: z.string().optional(),
  claims: z.array(name).optional(),
  includedResources: z.array(z.string()).optional(),
  excludedResources: z.array(z.string()).optional(),
  rewrites: z.array(
    z.strictObject({
      resource: z.string(),
      namespace: z.string(),
      name: z.string(),
      patches: z.array(
        z.strictObject({ op: z.enum(['add', 'replace', 'remove', 'test']), path: z.string(), value: z.unknown().optional() }),
      ),
    }),
  ),
  labels: strings,
  annotations: strings,
});

const objectTarget = {
  type: z.strictObject({ group: z.string(), version: name, resource: name, kind: name, namespaced: z.boolean() }),
  namespace: name.optional(),
  name,
};
const target = z.strictObject(objectTarget);
const point = z.strictObject({ id: z.string(), name, namespace: name, cluster: z.string() });
const declared = { namespace: name, declaredBy: target, timeoutSeconds: z.number() };
const keptVolume = { namespace: name, claim: name, volume: name, reclaimPolicy: z.string() };
const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name, namespace: name.optional() }),
});

/** Field for field `ReplicationRef` of `ports/replication.ts`. */
export interface WireReplicationRef {
  id: string;
  name: string;
  namespace: string;
  cluster: string;
  role: 'source' | 'target';
  claims: string[];
}
const replicationRef: z.ZodType<WireReplicationRef> = z.strictObject({
  id: z.string(),
  name,
  namespace: name,
  cluster: z.string(),
  role: z.enum(['source', 'target']),
  claims: z.array(name),
});
const bothEnds = { from: z.string(), sources: z.array(replicationRef), targets: z.array(replicationRef) };
/** Field for field `Promotion` of `planning/model.ts`. */
export interface WirePromotion {
  targets: WireReplicationRef[];
  into?: string | undefined;
  asOf?: string | undefined;
  claims?: z.infer<typeof manifest>[] | undefined;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
const promoteRequest: z.ZodType<WirePromotion> = z.strictObject({
  targets: z.array(replicationRef),
  into: name.optional(),
  asOf: z.string().optional(),
  claims: z.array(manifest).optional(),
  labels: strings,
  annotations: strings,
});
const end = z.strictObject({ cluster: z.string(), namespace: name });
/** Field for field `ReplicationRequest` of `ports/replication.ts`. */
export interface WireReplicationRequest {
  name: string;
  source: z.infer<typeof end>;
  target: z.infer<typeof end>;
  claims: z.infer<typeof manifest>[];
  every: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
const replicationRequest: z.ZodType<WireReplicationRequest> = z.strictObject({
  name,
  source: end,
  target: end,
  claims: z.array(manifest),
  every: z.number(),
  labels: strings,
  annotations: strings,
});
/** Named, as below. */
export interface WireRestoredBy {
  engine: string;
  engineNamespace: string;
  restore: string;
}
const restoredBy: z.ZodType<WireRestoredBy> = z.strictObject({ engine: z.string(), engineNamespace: name, restore: name });
/** Field for field `MoveOrder` of `planning/model.ts`. */
export interface WireMoveOrder {
  kind: 'failover' | 'relocate' | 'failback' | 'test';
  application: { id: string; name: string; namespace: string; cluster: string; placedAt?: string | undefined };
  from: string;
  to: string;
  into?: Record<string, string> | undefined;
  accepted?: string | undefined;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  source?: string | undefined;
  target: string;
  leaves: string;
  namespaces: string[];
}
/** Named: what is inferred of routes gets too long to be written down otherwise. */
const moveOrder: z.ZodType<WireMoveOrder> = z.strictObject({
  kind: z.enum(['failover', 'relocate', 'failback', 'test']),
  application: z.strictObject({ id: z.string(), name, namespace: name, cluster: z.string(), placedAt: z.string().optional() }),
  from: z.string(),
  to: z.string(),
  into: strings.optional(),
  accepted: z.string().optional(),
  labels: strings,
  annotations: strings,
  source: z.string().optional(),
  target: z.string(),
  leaves: z.string(),
  namespaces: z.array(name),
});
const mapping = z.strictObject({
  namespaces: strings.optional(),
  storageClasses: strings.optional(),
  hosts: strings.optional(),
  nodeLabels: strings.optional(),
});

const fenceSchema = z.strictObject({
  kind: z.literal('fence.set'),
  fence: z.string(),
  of: z.string(),
  state: z.enum(['Fenced', 'Unfenced']),
  timeoutSeconds: z.number(),
});

/** Strict, because plans are executed: an unknown action or field is refused, never skipped. */
export const stepActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('namespace.create'), namespace: name, labels: strings, annotations: strings }),
  z.strictObject({ kind: z.literal('namespace.isolate'), namespace: name, policyName: name }),
  z.strictObject({ kind: z.literal('namespace.remove'), namespace: name, timeoutSeconds: z.number() }),
  z.strictObject({ kind: z.literal('namespace.remove.empty'), namespace: name, timeoutSeconds: z.number() }),
  z.strictObject({
    kind: z.literal('copy.stop'),
    namespace: name,
    labelSelectors: z.array(z.string()).optional(),
    accepted: z.string().optional(),
    timeoutSeconds: z.number(),
  }),
  fenceSchema,
  z.strictObject({
    kind: z.literal('copy.start'),
    namespace: name,
    labelSelectors: z.array(z.string()).optional(),
    workloads: z.array(target).optional(),
  }),
  z.strictObject({
    kind: z.literal('objects.carry'),
    from: z.union([
      z.strictObject({ cluster: z.string(), namespace: name }),
      z.strictObject({ engine: z.string(), engineNamespace: name, point, namespace: name }),
    ]),
    namespace: name,
    objects: z.array(z.strictObject({ ...objectTarget, stopped: z.literal(true).optional() })),
    mapping,
  }),
  z.strictObject({ kind: z.literal('replication.sync'), engine: z.string(), ...bothEnds, quiesced: z.boolean().optional() }),
  z.strictObject({ kind: z.literal('replication.sync.end'), engine: z.string(), sync: name, ...bothEnds }),
  z.strictObject({ kind: z.literal('replication.promote'), engine: z.string(), request: promoteRequest }),
  z.strictObject({ kind: z.literal('replication.promote.end'), engine: z.string(), promote: name, request: promoteRequest }),
  z.strictObject({
    kind: z.literal('replication.reverse'),
    engine: z.string(),
    request: replicationRequest,
    former: z.array(replicationRef),
    accepted: z.literal(true).optional(),
  }),
  z.strictObject({ kind: z.literal('replication.pause'), engine: z.string(), ends: z.array(replicationRef), paused: z.boolean() }),
  z.strictObject({
    kind: z.literal('mover.move'),
    engine: z.string(),
    order: moveOrder,
    stages: z.array(z.strictObject({ stage: z.string(), title: z.string(), cluster: z.string().optional() })),
  }),
  z.strictObject({
    kind: z.literal('mover.finish'),
    engine: z.string(),
    move: name,
    order: moveOrder,
    quiet: z.array(z.strictObject({ namespace: name, labelSelector: z.string().optional() })).optional(),
  }),
  z.strictObject({ kind: z.literal('engine.backup'), engine: z.string(), engineNamespace: name, request: backupRequest }),
  z.strictObject({ kind: z.literal('point.remove'), engine: z.string(), engineNamespace: name, point }),
  z.strictObject({
    kind: z.literal('engine.restore'),
    engine: z.string(),
    engineNamespace: name,
    request: restoreRequest,
    claims: z.array(z.strictObject({ namespace: name, claim: name, kept: name.optional(), bytes: z.number().optional() })).optional(),
    until: z.enum(['ended', 'claims']).optional(),
    captured: name.optional(),
  }),
  z.strictObject({
    kind: z.literal('point.await'),
    engine: z.string(),
    engineNamespace: name,
    backup: name,
    claims: z.array(z.strictObject({ namespace: name, claim: name })),
    timeoutSeconds: z.number(),
  }),
  z.strictObject({
    kind: z.literal('engine.restore.end'),
    engine: z.string(),
    engineNamespace: name,
    restore: name,
    outcome: z.enum(['success', 'any']),
  }),
  z.strictObject({
    kind: z.literal('engine.restore.release'),
    engine: z.string(),
    engineNamespace: name,
    restore: name,
    namespaces: z.array(name),
  }),
  z.strictObject({
    kind: z.literal('await.ready'),
    namespaces: z.array(name),
    labelSelector: z.string().optional(),
    workloads: z
      .array(z.strictObject({ ...objectTarget, least: z.number().int().min(0).optional(), comes: z.literal(true).optional() }))
      .optional(),
    timeoutSeconds: z.number(),
  }),
  z.strictObject({
    kind: z.literal('workload.scale'),
    target,
    replicas: z.number().int().min(0),
    ifPresent: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('workload.restart'), target }),
  z.strictObject({ kind: z.literal('object.suspend'), mechanism: z.enum(suspendMechanisms), target }),
  z.strictObject({
    kind: z.literal('object.resume'),
    mechanism: z.enum(suspendMechanisms),
    target,
    previous: z.union([z.string(), z.boolean()]).optional(),
  }),
  z.strictObject({
    kind: z.literal('await.quiet'),
    namespace: name,
    claims: z.array(name),
    volumes: z.array(name),
    timeoutSeconds: z.number(),
  }),
  z.strictObject({ kind: z.literal('await.claims'), namespace: name, claims: z.array(name), timeoutSeconds: z.number() }),
  z.strictObject({ kind: z.literal('volume.keep'), ...keptVolume }),
  z.strictObject({ kind: z.literal('claim.remove'), namespace: name, claim: name, uid: z.string(), volume: name }),
  z.strictObject({
    kind: z.literal('claim.discard'),
    namespace: name,
    claim: name,
    engine: z.string(),
    engineNamespace: name,
    restore: name,
  }),
  z.strictObject({ kind: z.literal('volume.rebind'), ...keptVolume, manifest }),
  z.strictObject({ kind: z.literal('volume.release'), ...keptVolume }),
  z.strictObject({
    kind: z.literal('objects.restore'),
    engine: z.string(),
    engineNamespace: name,
    source: z.union([z.strictObject({ point }), z.strictObject({ backup: name })]),
    objects: z.array(z.strictObject({ ...objectTarget, except: z.array(z.array(z.string())).optional() })),
  }),
  z.strictObject({
    kind: z.literal('objects.remove'),
    objects: z.array(z.strictObject({ ...objectTarget, uid: z.string().optional() })),
    restored: restoredBy.optional(),
  }),
  z.strictObject({ kind: z.literal('object.create'), target, manifest }),
  z.strictObject({
    kind: z.literal('check.http'),
    service: name,
    port: z.string(),
    path: z.string(),
    ...declared,
  }),
  z.strictObject({
    kind: z.literal('check.exec'),
    container: name.optional(),
    command: z.array(z.string()).min(1),
    ...declared,
  }),
]);

export const stepSchema = z.strictObject({
  id: name,
  title: z.string(),
  cluster: z.string(),
  component: z.string().optional(),
  action: stepActionSchema,
  undoes: name.optional(),
});

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
  mapping: mapping.optional(),
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
