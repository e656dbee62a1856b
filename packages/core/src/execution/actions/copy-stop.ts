import { annotations } from '../../application/model.ts';
import { numberAt, textAt } from '../../application/raw.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { counted } from '../../text/counted.ts';
import { isSilence } from '../silence.ts';
import { type Action, type ActionContext, absent, failed, until } from './context.ts';

export const scaled: readonly ResourceType[] = [types.deployments, types.statefulSets];

/**
 * Stops what runs of an application in a namespace, and waits until no pod of it is left: cron jobs first, then workloads, each
 * with a note of how many there were. A cluster that does not answer is an error, or, where somebody took the risk, is told.
 */
export async function stopCopy(action: Action<'copy.stop'>, context: ActionContext): Promise<string> {
  const { cluster } = context;
  try {
    return await stop(action, context);
  } catch (error) {
    if (action.accepted === undefined || context.signal.aborted || !isSilence(error)) throw error;
    return `${cluster.name} does not answer; accepted: ${action.accepted}`;
  }
}

async function stop(action: Action<'copy.stop'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { namespace } = action;
  if (!(await cluster.get({ type: types.namespaces, name: namespace }, { signal }).catch(absent)))
    return `there is no ${namespace} on ${cluster.name}`;
  for (const job of await listed(types.cronJobs, action, context)) {
    if ((job.spec as { suspend?: boolean } | undefined)?.suspend === true) continue;
    const patch = { metadata: { annotations: { [annotations.suspended]: 'true' } }, spec: { suspend: true } };
    await cluster.patch({ type: types.cronJobs, namespace, name: job.metadata.name }, 'merge', patch, { signal });
  }
  let stopped = 0;
  for (const type of scaled) {
    for (const workload of await listed(type, action, context)) {
      const replicas = numberAt(workload, 'spec', 'replicas') ?? 1;
      if (replicas === 0) continue;
      const patch = { metadata: { annotations: { [annotations.replicas]: String(replicas) } }, spec: { replicas: 0 } };
      await cluster.patch({ type, namespace, name: workload.metadata.name }, 'merge', patch, { signal });
      stopped += 1;
    }
  }
  let left: string[] = [];
  const late = () =>
    failed(
      context,
      `${left.slice(0, 3).join(', ')} of ${namespace} on ${cluster.name} still ${left.length === 1 ? 'runs' : 'run'} after ${action.timeoutSeconds} s`,
      `somebody starts them again: look who owns them, then: kubectl dr resume ${context.operationId}`,
    );
  await until(context, { timeoutSeconds: action.timeoutSeconds, late }, async (tell) => {
    const pods = (await listed(types.pods, action, context)).filter(
      (pod) => !/^(Succeeded|Failed)$/.test(textAt(pod, 'status', 'phase') ?? '') && !isEngines(pod, context.engines),
    );
    left = pods.map(({ metadata }) => metadata.name);
    if (left.length === 0) return true;
    tell(`waiting for ${counted(left.length, 'pod')} to end`);
    return undefined;
  });
  return stopped === 0 ? `nothing of it runs in ${namespace}` : `${counted(stopped, 'workload')} stopped, no pod is left in ${namespace}`;
}

/** What engines run beside an application while they copy its volumes. */
export function isEngines({ metadata }: KubeObject, engines: ActionContext['engines']): boolean {
  return engines.some(({ replicator }) => {
    const requirements = replicator?.own === undefined ? undefined : parseSelector(replicator.own);
    return requirements !== undefined && matches(requirements, metadata.labels);
  });
}

/** Of the application: by its labels where others live in the namespace as well. */
export async function listed(
  type: ResourceType,
  { namespace, labelSelectors }: Pick<Action<'copy.stop'>, 'namespace' | 'labelSelectors'>,
  { cluster, signal }: ActionContext,
): Promise<KubeObject[]> {
  const selections = labelSelectors?.map((labelSelector) => ({ labelSelector })) ?? [{}];
  const lists = await Promise.all(selections.map((selection) => cluster.list(type, { namespace, ...selection, signal })));
  return [...new Map(lists.flatMap(({ items }) => items).map((item) => [item.metadata.name, item])).values()];
}
