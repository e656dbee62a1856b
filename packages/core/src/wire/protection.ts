import { z } from 'zod';
import { instant, listOf, reasonSchema, resource } from './common.ts';

const scope = z.object({
  namespaces: z.union([z.array(z.string()), z.literal('*')]),
  excludedNamespaces: z.array(z.string()),
  labelSelector: z.string().optional(),
  includedResources: z.array(z.string()).optional(),
  excludedResources: z.array(z.string()).optional(),
});

/** `metadata.name` is the native name; `spec.id` is unique over the fleet. */
export const recoveryPointSchema = resource('RecoveryPoint', {
  spec: z.object({
    id: z.string(),
    engine: z.string(),
    scope,
    location: z.string().optional(),
    schedule: z.string().optional(),
    application: z.string().optional(),
    component: z.string().optional(),
    /** `data`: of volumes, and no objects. Absent: both. */
    holds: z.literal('data').optional(),
    /** Made before something was changed in place, to be able to take that back. */
    safety: z.literal(true).optional(),
  }),
  status: z.object({
    phase: z.string(),
    nativePhase: z.string(),
    capturedAt: instant.optional(),
    ageSeconds: z.number().optional(),
    completedAt: instant.optional(),
    expiresAt: instant.optional(),
    errors: z.number().optional(),
    warnings: z.number().optional(),
    items: z.number().optional(),
    message: z.string().optional(),
    /** Per component of the application that was asked about. */
    use: z.array(z.object({ component: z.string(), usable: z.enum(['yes', 'no', 'unknown']), reasons: z.array(reasonSchema) })).optional(),
  }),
});
export type WireRecoveryPoint = z.infer<typeof recoveryPointSchema>;
export const recoveryPointListSchema = listOf('RecoveryPoint', recoveryPointSchema);

/** By an operation (`spec.operation`, and `metadata.name` is its id), or by an engine that somebody else asked. */
export const restoreSchema = resource('Restore', {
  spec: z.object({
    id: z.string(),
    engine: z.string().optional(),
    application: z.string().optional(),
    /** Names of the points. */
    points: z.array(z.string()),
    /** `*`: everything of a point. */
    namespaces: z.array(z.object({ from: z.string(), to: z.string() })),
    mode: z.enum(['clone', 'inPlace', 'dataOnly', 'configOnly']).optional(),
    operation: z.string().optional(),
  }),
  status: z.object({
    state: z.string(),
    nativePhase: z.string().optional(),
    requestedBy: z.string().optional(),
    requestedAt: instant.optional(),
    ageSeconds: z.number().optional(),
    endedAt: instant.optional(),
    errors: z.number().optional(),
    warnings: z.number().optional(),
    items: z.number().optional(),
    message: z.string().optional(),
  }),
});
export type WireRestore = z.infer<typeof restoreSchema>;
export const restoreListSchema = listOf('Restore', restoreSchema);

export const scheduleSchema = resource('Schedule', {
  spec: z.object({
    id: z.string(),
    engine: z.string(),
    expression: z.string(),
    timeZone: z.string().optional(),
    paused: z.boolean(),
    scope,
    location: z.string().optional(),
    keepForSeconds: z.number().optional(),
    application: z.string().optional(),
    policy: z.string().optional(),
  }),
  status: z.object({ valid: z.boolean(), message: z.string().optional(), lastRun: instant.optional(), nextRun: instant.optional() }),
});
export type WireSchedule = z.infer<typeof scheduleSchema>;
export const scheduleListSchema = listOf('Schedule', scheduleSchema);

export const storageLocationSchema = resource('StorageLocation', {
  spec: z.object({
    id: z.string(),
    engine: z.string(),
    provider: z.string().optional(),
    target: z.string().optional(),
    accessMode: z.enum(['ReadWrite', 'ReadOnly']),
    default: z.boolean(),
  }),
  status: z.object({
    phase: z.enum(['Available', 'Unavailable', 'Unknown']),
    message: z.string().optional(),
    lastValidated: instant.optional(),
  }),
});
export type WireStorageLocation = z.infer<typeof storageLocationSchema>;
export const storageLocationListSchema = listOf('StorageLocation', storageLocationSchema);

const replicationEnd = z.object({
  role: z.enum(['source', 'target']),
  id: z.string(),
  name: z.string(),
  cluster: z.string(),
  phase: z.string(),
  nativePhase: z.string(),
  paused: z.boolean(),
  lastSync: instant.optional(),
  /** The data that this end sent or holds is as old as this; absent where it cannot tell. */
  capturedAt: instant.optional(),
  lagSeconds: z.number().optional(),
  nextSync: instant.optional(),
  /** Of a target: there is something that can be promoted. */
  holds: z.boolean().optional(),
  message: z.string().optional(),
});

/** The continuous copy of one claim, as its two ends tell it. `metadata.cluster` is its source, or its target where only that is known. */
export const replicationSchema = resource('Replication', {
  spec: z.object({
    engine: z.string(),
    claim: z.string(),
    from: z.string().optional(),
    to: z.string().optional(),
    intervalSeconds: z.number().optional(),
    application: z.string().optional(),
    component: z.string().optional(),
    policy: z.string().optional(),
  }),
  status: z.object({
    /** Of the ends that are not paused the worst: Failed, Running ... ; `Paused` when one rests. */
    phase: z.string(),
    paused: z.boolean(),
    /** Of the end that lags most. */
    lagSeconds: z.number().optional(),
    /** What would be lost if the target were promoted now; absent where nobody can tell. */
    wouldLoseSeconds: z.number().optional(),
    lastSync: instant.optional(),
    nextSync: instant.optional(),
    message: z.string().optional(),
    ends: z.array(replicationEnd),
  }),
});
export type WireReplication = z.infer<typeof replicationSchema>;
export const replicationListSchema = listOf('Replication', replicationSchema);

export const clusterSchema = resource('Cluster', {
  spec: z.object({ identity: z.string().optional() }),
  status: z.object({
    reachable: z.boolean(),
    message: z.string().optional(),
    now: instant,
    staleSeconds: z.number(),
    engines: z.array(
      z.object({
        engine: z.string(),
        installed: z.boolean(),
        namespace: z.string().optional(),
        version: z.string().optional(),
        reasons: z.array(reasonSchema),
      }),
    ),
  }),
});
export type WireCluster = z.infer<typeof clusterSchema>;
export const clusterListSchema = listOf('Cluster', clusterSchema);

/** What an engine can do; one per engine of the product, with the clusters on which it is installed. */
export const engineSchema = resource('Engine', {
  spec: z.object({ title: z.string(), capabilities: z.record(z.string(), z.boolean()) }),
  status: z.object({ clusters: z.array(z.string()) }),
});
export type WireEngine = z.infer<typeof engineSchema>;
export const engineListSchema = listOf('Engine', engineSchema);

export const policySchema = resource('DRPolicy', {
  spec: z.object({
    owner: z.string().optional(),
    objectives: z.object({ rpoSeconds: z.number().optional(), rtoSeconds: z.number().optional() }),
    schedule: z.string().optional(),
    keepForSeconds: z.number(),
    keepAtLeast: z.number(),
    engines: z.array(z.string()),
    locations: z.array(z.object({ name: z.string(), offsite: z.boolean(), immutable: z.boolean() })),
    selfService: z.record(z.string(), z.enum(['owner', 'approval', 'operator'])),
    revision: z.string(),
  }),
  status: z.object({ applications: z.array(z.string()) }),
});
export type WirePolicy = z.infer<typeof policySchema>;
export const policyListSchema = listOf('DRPolicy', policySchema);
