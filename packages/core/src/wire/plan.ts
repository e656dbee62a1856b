import { z } from 'zod';
import { instant, listOf, reasonSchema, resource } from './common.ts';

const strings = z.record(z.string(), z.string());
const name = z.string().min(1).max(253);

const backupRequest = z.strictObject({
  name,
  namespaces: z.array(name),
  labelSelector: z.string().optional(),
  location: z.string().optional(),
  keepFor: z.number().optional(),
  labels: strings,
  annotations: strings,
});

const restoreRequest = z.strictObject({
  point: z.strictObject({ id: z.string(), name, namespace: name, cluster: z.string() }),
  namespaces: z.array(name),
  namespaceMapping: strings,
  labelSelector: z.string().optional(),
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

/** Strict, because plans are executed: an unknown action or field is refused, never skipped. */
export const stepActionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('namespace.create'), namespace: name, labels: strings, annotations: strings }),
  z.strictObject({ kind: z.literal('namespace.isolate'), namespace: name, policyName: name }),
  z.strictObject({ kind: z.literal('engine.backup'), engine: z.string(), engineNamespace: name, request: backupRequest }),
  z.strictObject({ kind: z.literal('engine.restore'), engine: z.string(), engineNamespace: name, request: restoreRequest }),
  z.strictObject({
    kind: z.literal('await.ready'),
    namespaces: z.array(name),
    labelSelector: z.string().optional(),
    timeoutSeconds: z.number(),
  }),
]);

export const stepSchema = z.strictObject({
  id: name,
  title: z.string(),
  cluster: z.string(),
  component: z.string().optional(),
  action: stepActionSchema,
});

export const changeSchema = z.object({
  action: z.enum(['create', 'change', 'leave', 'remove', 'conflict']),
  cluster: z.string(),
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  component: z.string().optional(),
  fields: z
    .array(z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional(), why: z.string().optional() }))
    .optional(),
});

const intent = z.enum(['Backup', 'Restore', 'Drill', 'Failover', 'Failback', 'Relocate']);
const mode = z.enum(['clone', 'inPlace', 'dataOnly', 'configOnly']);

/** Field for field `PlanRequest` of `planning/model.ts`. */
export const planRequestSchema = z.strictObject({
  intent,
  application: z.string(),
  components: z.array(z.string()).optional(),
  point: z.string().optional(),
  mode: mode.optional(),
  namespace: z.string().optional(),
  isolate: z.boolean().optional(),
  at: instant.optional(),
  pins: z.array(z.strictObject({ component: z.string(), cluster: z.string(), pointId: z.string() })).optional(),
});

/** The body of a Plan, field for field `planning/model.ts`. Used for the journal and for saved plans as well. */
export const planBodySchema = z.object({
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
  points: z.array(z.object({ component: z.string(), cluster: z.string(), pointId: z.string(), name: z.string(), capturedAt: instant })),
  target: z.array(z.object({ cluster: z.string(), namespaces: z.array(z.string()) })),
  mode: mode.optional(),
  waves: z.array(z.array(stepSchema)),
  changes: z.array(changeSchema),
  dataLoss: z.array(z.object({ component: z.string(), seconds: z.number(), text: z.string() })),
  estimate: z.object({ seconds: z.number(), basis: z.string() }).optional(),
  blockers: z.array(reasonSchema),
  warnings: z.array(reasonSchema),
  undo: z.object({ text: z.string(), possible: z.boolean() }),
  basis: strings,
  home: z.string(),
});

export const planSchema = resource('Plan', { spec: planBodySchema });
export type WirePlan = z.infer<typeof planSchema>;

export const operationBodySchema = z.object({
  id: name,
  plan: planBodySchema,
  state: z.enum([
    'Pending',
    'WaitingForApproval',
    'Running',
    'WaitingOnUser',
    'Verifying',
    'Succeeded',
    'Failed',
    'Undoing',
    'Undone',
    'Cancelled',
  ]),
  requestedBy: z.string(),
  reason: z.string().optional(),
  requestedAt: instant,
  startedAt: instant.optional(),
  endedAt: instant.optional(),
  holder: z.string().optional(),
  steps: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Skipped', 'Undone']),
      startedAt: instant.optional(),
      endedAt: instant.optional(),
      message: z.string().optional(),
      progress: z.number().optional(),
      nativePhase: z.string().optional(),
    }),
  ),
  message: z.string().optional(),
  cancelRequested: z.boolean().optional(),
  measured: z.object({ rtoSeconds: z.number().optional(), lossSeconds: z.number().optional() }).optional(),
});

/** `spec` is the plan, `status` everything that happens to it. */
export const operationSchema = resource('Operation', {
  spec: planBodySchema,
  status: operationBodySchema.omit({ id: true, plan: true }),
});
export type WireOperation = z.infer<typeof operationSchema>;
export const operationListSchema = listOf('Operation', operationSchema);
