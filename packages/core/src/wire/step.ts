import { z } from 'zod';
import { suspendMechanisms } from '../planning/suspension.ts';

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
export const mappingSchema = z.strictObject({
  namespaces: strings.optional(),
  storageClasses: strings.optional(),
  hosts: strings.optional(),
  nodeLabels: strings.optional(),
});

export const fenceSchema = z.strictObject({
  kind: z.literal('fence.set'),
  fence: z.string(),
  of: z.string(),
  state: z.enum(['Fenced', 'Unfenced']),
  timeoutSeconds: z.number(),
});

/** Strict, because plans are executed: an unknown action or field is refused, never skipped. */
const stepActionSchema = z.discriminatedUnion('kind', [
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
    mapping: mappingSchema,
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
