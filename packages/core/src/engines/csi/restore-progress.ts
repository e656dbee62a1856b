import { labels } from '../../application/model.ts';
import { at, textAt, timeOf } from '../../application/raw.ts';
import { DrError, NotFoundError } from '../../errors.ts';
import type { RestoreOutcome } from '../../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { absent } from '../absent.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { patience } from './point.ts';
import { labelOf, notes } from './record.ts';

const type = types.persistentVolumeClaims;

async function claimsOfRestore({ cluster, namespace, signal }: EngineContext, name: string): Promise<KubeObject[]> {
  const labelSelector = `${labels.restore}=${labelOf(name)}`;
  return (await cluster.list(type, { namespace, labelSelector, ...(signal && { signal }) })).items;
}

/**
 * Done when each claim has its volume. One whose class waits for the first pod is done when it is there: a later step starts
 * the pod, and waits for the volume.
 */
export async function progressOfRestore(context: EngineContext, name: string): Promise<NativeProgress> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  const claims = await claimsOfRestore(context, name);
  if (claims.length === 0)
    throw new NotFoundError(`no claim in ${namespace} on ${cluster.name} comes from the restore ${name}`, { cluster: cluster.name });
  const waiting = claims.filter((claim) => textAt(claim, 'status', 'phase') !== 'Bound');
  const late = waiting.length > 0 ? await lateClasses(context) : undefined;
  const open = waiting.filter((claim) => late && !late(textAt(claim, 'spec', 'storageClassName')));
  const counts = { done: claims.length - open.length, total: claims.length };
  const [first] = open;
  if (!first) return { phase: 'Succeeded', nativePhase: waiting.length > 0 ? 'WaitForFirstConsumer' : 'Bound', ...counts };
  const about = `PersistentVolumeClaim ${namespace}/${first.metadata.name}`;
  if (open.some(({ metadata }) => metadata.annotations?.[notes.stopped] !== undefined))
    return { phase: 'Failed', nativePhase: 'Stopped', message: `${about} was told to wait no longer`, ...counts };
  const why = await latestWarning(context, first);
  const now = (await cluster.now(options)).getTime();
  const ended = open.some(({ metadata }) => now - (timeOf(metadata.creationTimestamp) ?? now) > patience);
  return {
    phase: ended ? 'Failed' : 'Running',
    nativePhase: 'Pending',
    ...(ended || why !== undefined ? { message: `${about}: ${why ?? 'its driver made no volume from the snapshot'}` } : {}),
    ...counts,
  };
}

/** Whether volumes of a class come when a pod wants them; who may not see classes is told that all of them do. */
async function lateClasses({ cluster, signal }: EngineContext): Promise<(name: string | undefined) => boolean> {
  try {
    const { items } = await cluster.list(types.storageClasses, signal ? { signal } : {});
    const immediate = new Set(
      items.filter((item) => item.volumeBindingMode !== 'WaitForFirstConsumer').map(({ metadata }) => metadata.name),
    );
    return (name) => name === undefined || !immediate.has(name);
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return () => true;
    throw error;
  }
}

/** What a provisioner says when it fails, it says in an event alone. */
async function latestWarning({ cluster, namespace, signal }: EngineContext, { metadata }: KubeObject): Promise<string | undefined> {
  const fieldSelector = `involvedObject.name=${metadata.name},type=Warning`;
  try {
    const { items } = await cluster.list(types.events, { namespace, fieldSelector, ...(signal && { signal }) });
    const own = items.filter((event) => textAt(event, 'involvedObject', 'uid') === metadata.uid);
    const when = (event: KubeObject): number => timeOf(event.lastTimestamp ?? event.eventTime) ?? 0;
    return textAt(own.toSorted((a, b) => when(b) - when(a))[0], 'message');
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return undefined;
    throw error;
  }
}

/** By its label, which nobody else writes. */
export async function isRestoredBy({ metadata }: KubeObject, name: string): Promise<boolean> {
  return metadata.labels?.[labels.restore] === name;
}

/** Claims are all that comes back. */
export async function outcomeOfRestore(context: EngineContext, name: string): Promise<RestoreOutcome> {
  const claims = await claimsOfRestore(context, name);
  return { created: claims.length, updated: 0, skipped: 0, failed: 0, warnings: [], errors: [] };
}

/** Nobody can be told to stop filling a volume; that nobody waits for it any more can be written down. */
export async function stopRestore(context: EngineContext, name: string): Promise<void> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  for (const claim of await claimsOfRestore(context, name)) {
    if (textAt(claim, 'status', 'phase') === 'Bound') continue;
    const metadata = { annotations: { [notes.stopped]: (await cluster.now(options)).toISOString() } };
    await cluster.patch({ type, namespace, name: claim.metadata.name }, 'merge', { metadata }, options).catch(absent);
  }
}

/** Offers beside are taken away when the volume is filled; until then the claim needs them. Their data stays, as their policy says. */
export async function finishRestore(context: EngineContext, name: string): Promise<void> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  const labelSelector = `${labels.restore}=${labelOf(name)}`;
  const { items } = await cluster.list(snapshotKinds.snapshots, { namespace, labelSelector, ...options }).catch(nothing);
  const waiting = (await claimsOfRestore(context, name)).filter((claim) => textAt(claim, 'status', 'phase') !== 'Bound');
  const needed = new Set(waiting.map((claim) => textAt(claim, 'spec', 'dataSource', 'name')));
  for (const { metadata } of items) {
    if (needed.has(metadata.name)) continue;
    await cluster.delete({ type: snapshotKinds.snapshots, namespace, name: metadata.name }, options).catch(absent);
  }
  // By their own labels: their snapshot may be gone already, when this was ended half-way. An offer retains its data.
  const contents = await cluster.list(snapshotKinds.contents, { labelSelector, ...options }).catch(unseen);
  for (const { spec, metadata } of contents.items) {
    const owner = at(spec, 'volumeSnapshotRef');
    if (textAt(owner, 'namespace') !== namespace || needed.has(textAt(owner, 'name'))) continue;
    if (textAt(spec, 'deletionPolicy') !== 'Retain') continue;
    await cluster.delete({ type: snapshotKinds.contents, name: metadata.name }, options).catch(absent);
  }
}

function nothing(error: unknown): { items: KubeObject[] } {
  if (error instanceof NotFoundError) return { items: [] };
  throw error;
}

/** Who may not see contents made none; one that somebody else made goes with its namespace. */
function unseen(error: unknown): { items: KubeObject[] } {
  if (error instanceof DrError && error.code === 'FORBIDDEN') return { items: [] };
  return nothing(error);
}
