import { labels } from '../../application/model.ts';
import { numberAt } from '../../application/raw.ts';
import { ConflictError, DrError } from '../../errors.ts';
import type { ObjectTarget } from '../../planning/model.ts';
import type { ObjectRef } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, absent, ours } from './context.ts';

export function refOf({ type, namespace, name }: ObjectTarget): ObjectRef {
  return { type, name, ...(namespace !== undefined && { namespace }) };
}

export async function scale(action: Action<'workload.scale'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { target, replicas, ifPresent } = action;
  const done = `${target.type.kind} ${target.name} has ${replicas} replicas`;
  try {
    const live = await cluster.get(refOf(target), { signal });
    if (numberAt(live, 'spec', 'replicas') === replicas) return done;
    await cluster.patch(refOf(target), 'merge', { spec: { replicas } }, { signal });
    return done;
  } catch (error) {
    if (ifPresent) return absent(error) ?? `${target.type.kind} ${target.name} is not there`;
    throw error;
  }
}

const restartedAt = 'kubectl.kubernetes.io/restartedAt';
const restartedBy = 'kubectl-dr.dev/restarted-by';

/** Once: the mark of this operation on the template tells that it was done. */
export async function restart(action: Action<'workload.restart'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const live = await cluster.get(refOf(action.target), { signal }).catch(absent);
  if (!live) return `${action.target.name} is not there`;
  const mark = `${context.operationId}/${context.stepId}`;
  if (live.metadata.annotations?.[restartedBy] !== mark) {
    const template = { metadata: { annotations: { [restartedAt]: (await cluster.now({ signal })).toISOString() } } };
    await cluster.patch(
      refOf(action.target),
      'merge',
      { metadata: { annotations: { [restartedBy]: mark } }, spec: { template } },
      { signal },
    );
  }
  return `restarting ${action.target.type.kind} ${action.target.name}`;
}

/** A workload that an undo brings back as it was. */
export async function createObject(action: Action<'object.create'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { target, manifest } = action;
  const { metadata } = manifest;
  try {
    await cluster.create(
      target.type,
      {
        ...manifest,
        metadata: {
          ...metadata,
          ...(target.namespace !== undefined && { namespace: target.namespace }),
          name: target.name,
          labels: { ...metadata.labels, ...ours(context) },
        },
      },
      { signal },
    );
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
    const live = await cluster.get(refOf(target), { signal });
    if (live.metadata.labels?.[labels.step] !== ours(context)[labels.step])
      throw new ConflictError(
        `${target.type.kind} ${target.namespace}/${target.name} on ${cluster.name} is there again, made by somebody else`,
        {
          code: 'ALREADY_EXISTS',
          cluster: cluster.name,
        },
      );
  }
  return `${target.type.kind} ${target.name} is as it was`;
}
