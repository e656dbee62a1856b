import { someOf } from '../../some-of.ts';
import type { DrError } from '../../errors.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, absent, failed, until } from './context.ts';
import { refOf } from './workloads.ts';
import { counted } from '../../text/counted.ts';

/** Waits until every workload of the namespaces is ready; says which is not, and why, when the time is over. */
export async function awaitReady(action: Action<'await.ready'>, context: ActionContext): Promise<string> {
  const { cluster } = context;
  const least = new Map(action.workloads?.map(({ type, name, least: replicas = 0 }) => [`${type.kind}/${name}`, replicas]));
  let names: string[] = [];
  const late = (): DrError =>
    failed(
      context,
      `${names.join(', ')} did not become ready on ${cluster.name} within ${action.timeoutSeconds} s`,
      `kubectl --context ${cluster.name} -n ${action.namespaces[0]} describe pods`,
    );
  return until(context, { timeoutSeconds: action.timeoutSeconds, late }, async (tell) => {
    const workloads = await workloadsOf(action, context);
    const there = new Set(workloads.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    const coming = (action.workloads ?? []).flatMap(({ type, name, comes }) => {
      const called = `${type.kind} ${name}`;
      return comes && !there.has(called) ? [called] : [];
    });
    const waiting = workloads.filter((workload) => !isReady(workload, least.get(`${workload.kind}/${workload.metadata.name}`)));
    names = [...coming, ...waiting.map((workload) => `${workload.kind} ${workload.metadata.name}`)];
    if (names.length === 0) return `${counted(workloads.length, 'workload')} ready`;
    tell(`waiting for ${someOf(names)}`, 1 - names.length / (workloads.length + coming.length));
    return undefined;
  });
}

/** Those that are named, as far as they are there. Else all that the selector takes. */
async function workloadsOf(action: Action<'await.ready'>, { cluster, signal }: ActionContext): Promise<KubeObject[]> {
  if (action.workloads) {
    const found = await Promise.all(action.workloads.map((target) => cluster.get(refOf(target), { signal }).catch(absent)));
    return found.filter((workload) => workload !== undefined);
  }
  const selector = action.labelSelector === undefined ? {} : { labelSelector: action.labelSelector };
  const lists = await Promise.all(
    action.namespaces.flatMap((namespace) =>
      [types.deployments, types.statefulSets, types.daemonSets].map((type) => cluster.list(type, { namespace, ...selector, signal })),
    ),
  );
  return lists.flatMap((list) => list.items);
}

function isReady(workload: KubeObject, least = 0): boolean {
  const spec = (workload.spec ?? {}) as Record<string, unknown>;
  const status = (workload.status ?? {}) as Record<string, unknown>;
  const number = (value: unknown, fallback: number): number => (typeof value === 'number' ? value : fallback);
  if (number(status.observedGeneration, 0) < number(workload.metadata.generation, 0) && status.observedGeneration !== undefined)
    return false;
  if (workload.kind === 'DaemonSet')
    return status.desiredNumberScheduled !== undefined && number(status.numberReady, 0) >= number(status.desiredNumberScheduled, 0);
  return number(status.readyReplicas, 0) >= Math.max(least, number(spec.replicas, 1));
}
