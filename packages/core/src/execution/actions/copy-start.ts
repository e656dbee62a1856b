import { annotations } from '../../application/model.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { counted } from '../../text/counted.ts';
import { type Action, type ActionContext, absent } from './context.ts';
import { listed, scaled } from './copy-stop.ts';
import { refOf } from './workloads.ts';

/** Takes back what `copy.stop` noted on workloads and cron jobs, or what `objects.carry` wrote stopped. What carries no note is left. */
export async function startCopy(action: Action<'copy.start'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { namespace } = action;
  let started = 0;
  for (const type of scaled) {
    for (const { metadata } of await found(type, action, context)) {
      const replicas = Number(metadata.annotations?.[annotations.replicas]);
      if (!Number.isInteger(replicas) || replicas <= 0) continue;
      const patch = { metadata: { annotations: { [annotations.replicas]: null } }, spec: { replicas } };
      await cluster.patch({ type, namespace, name: metadata.name }, 'merge', patch, { signal });
      started += 1;
    }
  }
  for (const { metadata } of await found(types.cronJobs, action, context)) {
    if (metadata.annotations?.[annotations.suspended] === undefined) continue;
    const patch = { metadata: { annotations: { [annotations.suspended]: null } }, spec: { suspend: false } };
    await cluster.patch({ type: types.cronJobs, namespace, name: metadata.name }, 'merge', patch, { signal });
    started += 1;
  }
  return started === 0 ? 'nothing of it was left to start' : `${counted(started, 'workload')} started`;
}

async function found(type: ResourceType, action: Action<'copy.start'>, context: ActionContext): Promise<KubeObject[]> {
  if (!action.workloads) return listed(type, action, context);
  const { cluster, signal } = context;
  const named = action.workloads.filter((target) => target.type.kind === type.kind);
  const live = await Promise.all(named.map((target) => cluster.get(refOf(target), { signal }).catch(absent)));
  return live.filter((object) => object !== undefined);
}
