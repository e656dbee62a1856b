import { labels } from '../../application/model.ts';
import { at, textAt } from '../../application/raw.ts';
import { DrError } from '../../errors.ts';
import { isolationPolicy } from '../../planning/isolation.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { counted } from '../../text/counted.ts';
import { type Action, type ActionContext, absent, failed, labelText, until } from './context.ts';

const provisioned = 'pv.kubernetes.io/provisioned-by';

/**
 * Deletes a namespace that this operation made, and its volumes with it: those that its storage made for a claim in it and
 * would keep are told to go as well. Done is: neither the namespace nor such a volume is there any more. A namespace that
 * somebody else made is left alone.
 */
export async function removeNamespace(action: Action<'namespace.remove'>, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const ref = { type: types.namespaces, name: action.namespace };
  const live = await cluster.get(ref, { signal }).catch(absent);
  const ours = live === undefined || (await isOurs(live, context));
  // One that goes already may have lost, with all that was in it, what says whose it was: it is waited for, and nothing is written.
  if (live?.metadata.deletionTimestamp === undefined && !ours)
    return `${action.namespace} was not made by this operation: it is left as it is`;
  for (const volume of ours ? await volumesOf(action.namespace, context) : []) {
    if (textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete') continue;
    const patch = { spec: { persistentVolumeReclaimPolicy: 'Delete' } };
    await cluster.patch({ type: types.persistentVolumes, name: volume.metadata.name }, 'merge', patch, { signal }).catch(absentOrForbidden);
  }
  if (live && ours) await cluster.delete(ref, { ...preconditions(live), signal }).catch(absent);
  let left = '';
  const late = () =>
    failed(
      context,
      `${left || `the namespace ${action.namespace}`} on ${cluster.name} is still there after ${action.timeoutSeconds} s`,
      hintOf(context, action.namespace),
    );
  await until(context, { timeoutSeconds: action.timeoutSeconds, late }, async (tell) => {
    left = await remainder(action.namespace, live?.metadata.uid, context);
    if (left === '') return true;
    tell(`waiting for ${left} to go`);
    return undefined;
  });
  return `${action.namespace} is gone, and nothing of it is left`;
}

/**
 * By the label that it was made with, or by that of the policy that shut it off before anything came: engines write over the labels of a
 * namespace that they bring something into.
 */
async function isOurs({ metadata }: KubeObject, { cluster, operationId, signal }: ActionContext): Promise<boolean> {
  const mark = labelText(operationId);
  if (metadata.labels?.[labels.operation] === mark) return true;
  const policy = await cluster
    .get({ type: types.networkPolicies, namespace: metadata.name, name: isolationPolicy }, { signal })
    .catch(absent);
  return policy?.metadata.labels?.[labels.operation] === mark;
}

/** What is still there, in words; empty: nothing. One of the same name that somebody made since is not ours. */
async function remainder(namespace: string, uid: string | undefined, context: ActionContext): Promise<string> {
  const { cluster, signal } = context;
  const now = await cluster.get({ type: types.namespaces, name: namespace }, { signal }).catch(absent);
  if (now && uid !== undefined && now.metadata.uid === uid) {
    const why = textOfCondition(now);
    return `the namespace ${namespace}${why === undefined ? '' : ` (${why})`}`;
  }
  const volumes = await volumesOf(namespace, context);
  if (volumes.length === 0) return '';
  return `${counted(volumes.length, 'volume')} of ${namespace}: ${volumes
    .map(({ metadata }) => metadata.name)
    .slice(0, 3)
    .join(', ')}`;
}

/** Made for a claim of this namespace by its storage: what a person made by hand is no litter. */
async function volumesOf(namespace: string, { cluster, signal }: ActionContext): Promise<KubeObject[]> {
  const { items } = await cluster.list(types.persistentVolumes, { signal }).catch((error: unknown) => {
    // Who may not see volumes cannot look after them; the namespace goes all the same.
    if (error instanceof DrError && error.code === 'FORBIDDEN') return { items: [] as KubeObject[] };
    throw error;
  });
  return items.filter(
    (volume) => textAt(volume, 'spec', 'claimRef', 'namespace') === namespace && volume.metadata.annotations?.[provisioned] !== undefined,
  );
}

/** The namespace goes all the same, and the volume is told to be left when it is. */
function absentOrForbidden(error: unknown): undefined {
  if (error instanceof DrError && error.code === 'FORBIDDEN') return undefined;
  return absent(error);
}

/** What the server says keeps a namespace from going. */
export function textOfCondition({ status }: KubeObject): string | undefined {
  const conditions = at(status, 'conditions');
  if (!Array.isArray(conditions)) return undefined;
  const [first] = conditions.filter(
    (condition) => textAt(condition, 'status') === 'True' && /Remaining|Failure/.test(textAt(condition, 'type') ?? ''),
  );
  return textAt(first, 'message');
}

export function preconditions({ metadata: { uid } }: KubeObject): { preconditions?: { uid: string } } {
  return uid === undefined ? {} : { preconditions: { uid } };
}

export function hintOf({ cluster, operationId }: ActionContext, namespace: string): string {
  return `kubectl --context ${cluster.name} get namespace ${namespace} -o yaml tells what holds it; then: kubectl dr resume ${operationId}`;
}
