import { claimsOf } from '../../application/pod-references.ts';
import { textAt } from '../../application/raw.ts';
import { ConflictError, DrError } from '../../errors.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { type Action, type ActionContext, absent, engineOf, failed, until } from './context.ts';
import { assertKept } from './kept-volume.ts';
import { counted } from '../../text/counted.ts';

const type = types.persistentVolumeClaims;

/** Only when the volume behind it is kept: nothing is deleted without a copy. */
export async function removeKeptClaim(action: Action<'claim.remove'>, context: ActionContext): Promise<string> {
  const { namespace, claim, uid, volume } = action;
  const { cluster, signal } = context;
  const live = await cluster.get({ type, namespace, name: claim }, { signal }).catch(absent);
  if (!live) return `${claim} is gone; ${volume} is kept`;
  if (live.metadata.uid !== uid || textAt(live, 'spec', 'volumeName') !== volume) {
    throw new ConflictError(
      `the PersistentVolumeClaim ${namespace}/${claim} on ${cluster.name} is another one than when the plan was made`,
      {
        code: 'PLAN_STALE',
        cluster: cluster.name,
        hint: 'undo, and make the plan again',
      },
    );
  }
  const kept = await cluster.get({ type: types.persistentVolumes, name: volume }, { signal });
  assertKept(kept, { namespace, claim }, context);
  if (textAt(kept, 'spec', 'persistentVolumeReclaimPolicy') !== 'Retain')
    throw failed(context, `the volume ${volume} on ${cluster.name} is not retained: its claim ${namespace}/${claim} is not deleted`);
  await removeClaim(live, context);
  return `removed ${claim}; ${volume} is kept`;
}

/** What was not there before, and came back with a restore of this operation; anybody else's of that name stays. */
export async function discardClaim(action: Action<'claim.discard'>, context: ActionContext): Promise<string> {
  const { namespace, claim } = action;
  const { cluster, signal } = context;
  const live = await cluster.get({ type, namespace, name: claim }, { signal }).catch(absent);
  if (!live) return `${claim} is not there`;
  const { engine, at: where } = engineOf(action.engine, action.engineNamespace, context);
  const { names } = context.other(action.restore);
  const ours = await Promise.all(names.map((name) => engine.isRestoredBy(live, name, where)));
  if (!ours.includes(true)) return `${claim} was made by somebody else, and stays`;
  await removeClaim(live, context);
  return `removed ${claim}, which was not there before`;
}

/** Deletes this very claim and waits until it is gone; never the one that lies on the volume `spare`. */
export async function removeClaim(live: KubeObject, context: ActionContext, spare?: string): Promise<void> {
  const { cluster, signal } = context;
  const { namespace, name, uid } = live.metadata;
  if (spare !== undefined && textAt(live, 'spec', 'volumeName') === spare) return;
  const ref = { type, namespace: namespace!, name };
  if (live.metadata.deletionTimestamp === undefined)
    await cluster.delete(ref, { ...(uid !== undefined && { preconditions: { uid } }), signal }).catch(absent);
  const late = () =>
    failed(
      context,
      `the PersistentVolumeClaim ${namespace}/${name} on ${cluster.name} does not go away`,
      `a pod still uses it: kubectl --context ${cluster.name} -n ${namespace} describe pvc ${name}`,
    );
  await until(context, { timeoutSeconds: 300, late }, async (tell) => {
    const now = await cluster.get(ref, { signal }).catch(absent);
    if (!now || now.metadata.uid !== uid) return true;
    tell(`waiting for ${name} to go`);
    return undefined;
  });
}

/** Until each claim has its volume. */
export async function awaitClaims(action: Action<'await.claims'>, context: ActionContext): Promise<string> {
  const { namespace, claims, timeoutSeconds } = action;
  const { cluster, signal } = context;
  let open: string[] = claims;
  const late = () =>
    failed(
      context,
      `${open.map((name) => `PersistentVolumeClaim ${namespace}/${name}`).join(', ')} on ${cluster.name} did not get a volume within ${timeoutSeconds} s`,
      `kubectl --context ${cluster.name} -n ${namespace} describe pvc ${open[0]}`,
    );
  return until(context, { timeoutSeconds, late }, async (tell) => {
    const live = await Promise.all(claims.map((name) => cluster.get({ type, namespace, name }, { signal }).catch(absent)));
    open = claims.filter((_, index) => textAt(live[index], 'status', 'phase') !== 'Bound');
    if (open.length === 0) return `${counted(claims.length, 'volume')} bound`;
    tell(`waiting for a volume of ${open.join(', ')}`, 1 - open.length / claims.length);
    return undefined;
  });
}

/** Until no pod uses the claims and no node holds their volumes: only then may another writer come. */
export async function awaitQuiet(action: Action<'await.quiet'>, context: ActionContext): Promise<string> {
  const { namespace, claims, volumes, timeoutSeconds } = action;
  const { cluster, signal } = context;
  let busy = '';
  const late = () =>
    failed(context, `${busy} on ${cluster.name} after ${timeoutSeconds} s`, `kubectl --context ${cluster.name} -n ${namespace} get pods`);
  return until(context, { timeoutSeconds, late }, async (tell) => {
    const { items } = await cluster.list(types.pods, { namespace, signal });
    const users = items.filter((pod) => !hasEnded(pod) && claimsOf(pod.spec).some((name) => claims.includes(name)));
    busy = users.length > 0 ? `Pod ${users.map((pod) => pod.metadata.name).join(', ')} still uses the volumes` : '';
    if (busy === '') {
      const held = await attached(volumes, context);
      if (held.length > 0) busy = `volume ${held.join(', ')} is still attached to a node`;
    }
    if (busy === '') return 'nothing uses the volumes';
    tell(busy);
    return undefined;
  });
}

async function attached(volumes: readonly string[], { cluster, signal }: ActionContext): Promise<string[]> {
  try {
    const { items } = await cluster.list(types.volumeAttachments, { signal });
    const held = items.map((attachment) => textAt(attachment, 'spec', 'source', 'persistentVolumeName'));
    return volumes.filter((name) => held.includes(name));
  } catch (error) {
    // Not everybody may look at them, and not every cluster attaches.
    if (error instanceof DrError && error.code === 'FORBIDDEN') return [];
    return absent(error) ?? [];
  }
}

function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');
}
