import { labels } from '../application/model.ts';
import { ConflictError, DrError, InputError } from '../errors.ts';
import type { StepAction } from '../planning/model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine, EngineContext, NativeProgress } from '../ports/engine.ts';
import { types } from '../ports/kubernetes.ts';
import { awaitReady } from './await-ready.ts';

/** What an action may use. `name` is deterministic: the same for every attempt of the same step of the same operation. */
export interface ActionContext {
  cluster: ClusterClient;
  engines: readonly Engine[];
  clock: Clock;
  operationId: string;
  stepId: string;
  name: string;
  signal: AbortSignal;
  report(news: { message?: string; progress?: number; nativePhase?: string }): Promise<void>;
}

/** Carries one action out, however often it was begun before. Returns a sentence; throws a DrError when it failed. */
export async function runAction(action: StepAction, context: ActionContext): Promise<string> {
  switch (action.kind) {
    case 'namespace.create':
      return createNamespace(action, context);
    case 'namespace.isolate':
      return isolate(action, context);
    case 'engine.backup':
      return backup(action, context);
    case 'engine.restore':
      return restore(action, context);
    case 'await.ready':
      return awaitReady(action, context);
  }
}

function ours(context: ActionContext): Record<string, string> {
  return { [labels.operation]: context.operationId.slice(0, 63), [labels.step]: context.stepId.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '') };
}

async function createNamespace(action: Extract<StepAction, { kind: 'namespace.create' }>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const metadata = { name: action.namespace, labels: { ...action.labels, ...ours(context) }, annotations: action.annotations };
  try {
    await cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata }, { signal });
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
    const existing = await cluster.get({ type: types.namespaces, name: action.namespace }, { signal });
    if (existing.metadata.labels?.[labels.operation] !== metadata.labels[labels.operation]) {
      throw new ConflictError(`the namespace ${action.namespace} appeared on ${cluster.name} since the plan was made`, {
        cluster: cluster.name,
        hint: 'choose another with --as',
      });
    }
  }
  return `created ${action.namespace}`;
}

/** Inside the namespace everything may talk; outside only to DNS, for names must resolve for anything to start. */
async function isolate(action: Extract<StepAction, { kind: 'namespace.isolate' }>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: action.policyName, namespace: action.namespace, labels: ours(context) },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  };
  await cluster.create(types.networkPolicies, policy, { signal }).catch((error: unknown) => {
    if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
  });
  return 'isolated';
}

function engineOf(id: string, namespace: string, context: ActionContext): { engine: Engine; at: EngineContext } {
  const engine = context.engines.find((candidate) => candidate.id === id);
  if (!engine) throw new InputError(`the engine ${id} of the plan is not known`);
  return { engine, at: { cluster: context.cluster, clock: context.clock, namespace, signal: context.signal } };
}

async function backup(action: Extract<StepAction, { kind: 'engine.backup' }>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const { request } = action;
  await engine.startBackup(at, { ...request, labels: { ...request.labels, ...ours(context) } });
  const end = await untilEnded(() => engine.progressOfBackup(at, request.name), context);
  if (end.phase === 'Succeeded') return `${request.name} ${end.nativePhase}`;
  throw failed(
    `the backup ${request.name} on ${context.cluster.name} ended ${end.nativePhase}${end.message ? `: ${end.message}` : ''}`,
    context,
  );
}

async function restore(action: Extract<StepAction, { kind: 'engine.restore' }>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const request = { ...action.request, name: context.name, labels: { ...action.request.labels, ...ours(context) } };
  await engine.startRestore(at, request);
  const end = await untilEnded(() => engine.progressOfRestore(at, request.name), context);
  const outcome = end.phase === 'Succeeded' || end.phase === 'Degraded' ? await engine.outcomeOfRestore(at, request.name) : undefined;
  await engine.finishRestore(at, request.name);
  if (end.phase === 'Succeeded' && outcome && outcome.failed === 0 && outcome.errors.length === 0) {
    return `${outcome.created} objects created${outcome.skipped > 0 ? `, ${outcome.skipped} were there already` : ''}`;
  }
  const why = outcome?.errors[0] ?? end.message ?? `${outcome?.failed ?? 'some'} objects failed`;
  throw failed(`the restore ${request.name} on ${context.cluster.name} ended ${end.nativePhase}: ${why}`, context);
}

async function untilEnded(look: () => Promise<NativeProgress>, context: ActionContext): Promise<NativeProgress> {
  for (let wait = 200; ; wait = Math.min(wait * 1.5, 3_000)) {
    const progress = await look();
    if (progress.phase !== 'Pending' && progress.phase !== 'Running') return progress;
    const share = progress.total ? Math.min((progress.done ?? 0) / progress.total, 1) : undefined;
    await context.report({
      nativePhase: progress.nativePhase,
      message: `${progress.nativePhase || 'waiting for the engine'}${progress.total ? `, ${progress.done ?? 0} of ${progress.total} items` : ''}`,
      ...(share === undefined ? {} : { progress: share }),
    });
    await context.clock.sleep(wait, context.signal);
  }
}

function failed(message: string, context: ActionContext): DrError {
  return new DrError('Error', 'OPERATION_FAILED', message, { cluster: context.cluster.name });
}
