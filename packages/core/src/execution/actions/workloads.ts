import { numberAt } from '../../application/raw.ts';
import { DrError } from '../../errors.ts';
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

/** A workload that was taken away, as it was; one that is there already is left. */
export async function createObject(action: Action<'object.create'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { target, manifest } = action;
  const { metadata } = manifest;
  const { namespace, name } = target;
  const labels = { ...metadata.labels, ...ours(context) };
  try {
    await cluster.create(
      target.type,
      { ...manifest, metadata: { ...metadata, ...(namespace !== undefined && { namespace }), name, labels } },
      { signal },
    );
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
  }
  return `${target.type.kind} ${name} is there`;
}
