import { NotAllowedError } from '../../errors.ts';
import { deploysInto, gitOpsMechanisms, isSuspended, mechanismFor, suspensionPatch } from '../../planning/suspension.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, absent } from './context.ts';
import { refOf } from './workloads.ts';

export async function suspend(action: Action<'object.suspend'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const live = await readAllowed(action, context);
  if (!live) return `${action.target.name} is not there`;
  if (!isSuspended(action.mechanism, live))
    await cluster.patch(refOf(action.target), 'merge', suspensionPatch(action.mechanism), { signal });
  return `${action.target.type.kind} ${action.target.name} is suspended`;
}

export async function resume(action: Action<'object.resume'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { mechanism, target, previous } = action;
  const live = await readAllowed(action, context);
  if (!live) return `${target.name} is not there`;
  // Somebody who changed it meanwhile meant it.
  if (isSuspended(mechanism, live)) await cluster.patch(refOf(target), 'merge', suspensionPatch(mechanism, { previous }), { signal });
  return `${target.type.kind} ${target.name} is as it was`;
}

/** An object in another namespace may be suspended only when what it deploys into is the application's. */
async function readAllowed(
  { mechanism, target }: Action<'object.suspend' | 'object.resume'>,
  { cluster, signal, namespaces }: ActionContext,
): Promise<KubeObject | undefined> {
  const live = await cluster.get(refOf(target), { signal }).catch(absent);
  if (!live) return undefined;
  const fits = mechanismFor({ apiVersion: apiVersionOf(target.type), kind: target.type.kind }) === mechanism;
  const inside =
    namespaces.includes(target.namespace ?? '') ||
    (gitOpsMechanisms.includes(mechanism) && deploysInto(mechanism, live).some((name) => namespaces.includes(name)));
  if (fits && inside) return live;
  throw new NotAllowedError(`${target.type.kind} ${target.namespace}/${target.name} on ${cluster.name} does not deploy this application`, {
    code: 'UNCLAIMED_PLACEMENT',
    cluster: cluster.name,
  });
}
