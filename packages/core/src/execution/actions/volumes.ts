import { annotations } from '../../application/model.ts';
import { textAt } from '../../application/raw.ts';
import { ConflictError, DrError } from '../../errors.ts';
import type { KeptVolume } from '../../planning/model.ts';
import type { KubeObject, ObjectRef } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { removeClaim } from './claims.ts';
import { type Action, type ActionContext, absent, failed, until } from './context.ts';
import { assertKept, assertOf } from './kept-volume.ts';

const type = types.persistentVolumes;
const claimType = types.persistentVolumeClaims;

export async function keepVolume(action: Action<'volume.keep'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const ref: ObjectRef = { type, name: action.volume };
  const volume = await cluster.get(ref, { signal });
  assertOf(volume, action, context);
  const keeper = volume.metadata.annotations?.[annotations.keptBy];
  if (keeper !== undefined && keeper !== context.operationId) {
    throw new ConflictError(`the volume ${action.volume} on ${cluster.name} is kept by the operation ${keeper}, which was not confirmed`, {
      cluster: cluster.name,
      hint: `kubectl dr confirm ${keeper}`,
    });
  }
  const kept = {
    [annotations.keptBy]: context.operationId,
    [annotations.keptFor]: `${action.namespace}/${action.claim}`,
    [annotations.reclaimPolicy]: action.reclaimPolicy,
  };
  await cluster.patch(ref, 'merge', { metadata: { annotations: kept }, spec: { persistentVolumeReclaimPolicy: 'Retain' } }, { signal });
  return `${action.volume} stays, whatever becomes of ${action.claim}`;
}

/** The kept volume as it was before, without our marks. */
async function giveBack(action: KeptVolume, { cluster, signal }: ActionContext): Promise<void> {
  const marks = { [annotations.keptBy]: null, [annotations.keptFor]: null, [annotations.reclaimPolicy]: null };
  await cluster.patch(
    { type, name: action.volume },
    'merge',
    { metadata: { annotations: marks }, spec: { persistentVolumeReclaimPolicy: action.reclaimPolicy } },
    { signal },
  );
}

/**
 * Back on the old volume. The claim that a restore made is deleted, with its volume; the kept one is freed of the uid of
 * the claim that it had, and the old claim is made again on it.
 */
export async function rebindVolume(action: Action<'volume.rebind'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const { namespace, claim, volume: name, manifest } = action;
  const ref: ObjectRef = { type: claimType, namespace, name: claim };
  const volume = await cluster.get({ type, name }, { signal });
  assertOf(volume, action, context);
  const live = await cluster.get(ref, { signal }).catch(absent);
  const back = live && live.metadata.deletionTimestamp === undefined && textAt(live, 'spec', 'volumeName') === name;
  if (!back) {
    assertKept(volume, action, context);
    if (textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') !== 'Retain')
      throw failed(context, `the volume ${name} on ${cluster.name} is not retained any more`);
    if (live) await removeClaim(live, context);
    await cluster.patch({ type, name }, 'merge', { spec: { claimRef: { uid: null, resourceVersion: null } } }, { signal });
    await freed(name, context);
    const { metadata, spec } = manifest;
    const wanted = { ...manifest, metadata: { ...metadata, name: claim, namespace }, spec: { ...(spec as object), volumeName: name } };
    await cluster.create(claimType, wanted, { signal }).catch((error: unknown) => {
      if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
    });
  }
  const late = () => failed(context, `the claim ${namespace}/${claim} on ${cluster.name} was not bound to its old volume ${name}`);
  await until(context, { timeoutSeconds: 300, late }, async (tell) => {
    const now = await cluster.get(ref, { signal }).catch(absent);
    if (textAt(now, 'spec', 'volumeName') === name && textAt(now, 'status', 'phase') === 'Bound') return true;
    tell(`waiting until ${claim} is bound to ${name}`);
    return undefined;
  });
  await giveBack(action, context);
  return `${claim} is on its old volume ${name}`;
}

/**
 * A binder that has not noticed yet takes the volume for the old claim's, refuses the new one, and looks again only with its
 * next round, a quarter of a minute later. So it gets the time to notice; where nobody does, the claim is made all the same.
 */
async function freed(name: string, context: ActionContext): Promise<void> {
  let looks = 0;
  await until(context, { timeoutSeconds: 60, late: () => failed(context, 'late') }, async (tell) => {
    const volume = await context.cluster.get({ type, name }, { signal: context.signal });
    looks += 1;
    if (textAt(volume, 'status', 'phase') !== 'Released' || looks > 8) return true;
    tell(`waiting until ${name} is free`);
    return undefined;
  });
}

/** Nothing when it is gone, or in use again. */
export async function releaseVolume(action: Action<'volume.release'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const volume = await cluster.get({ type, name: action.volume }, { signal }).catch(absent);
  if (!volume) return `${action.volume} is gone`;
  if (volume.metadata.annotations?.[annotations.keptBy] !== context.operationId) return `${action.volume} is not kept any more`;
  assertKept(volume, action, context);
  const claim = await cluster.get({ type: claimType, namespace: action.namespace, name: action.claim }, { signal }).catch(absent);
  if (textAt(claim, 'spec', 'volumeName') !== action.volume) await assertCopied(action, claim, context);
  await giveBack(action, context);
  return action.reclaimPolicy === 'Delete' ? `${action.volume} is deleted by its storage` : `${action.volume} stays, as its policy says`;
}

/** The old data goes only when the claim has its new volume. */
async function assertCopied(action: KeptVolume, claim: KubeObject | undefined, context: ActionContext): Promise<void> {
  if (claim && textAt(claim, 'status', 'phase') === 'Bound') return;
  throw failed(
    context,
    `${action.volume} is not released: ${action.namespace}/${action.claim} on ${context.cluster.name} has no other volume`,
    `kubectl dr undo ${context.operationId}`,
  );
}
