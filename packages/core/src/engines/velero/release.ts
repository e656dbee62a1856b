import { at, textAt } from '../../application/raw.ts';
import { DrError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import { absent } from '../absent.ts';
import { namespaceOwner } from '../namespace-owner.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { labelValue } from './label.ts';

const { snapshots, contents } = snapshotKinds;

/**
 * For each claim that came from a CSI snapshot the server makes a VolumeSnapshot beside it, and a content with the handle of the
 * backup's own snapshot, and leaves both. They go, the snapshot in the storage stays, for it is the point's: a content is
 * told to retain it before anything is deleted. A claim that still waits for its volume needs both: they stay, and go with
 * its namespace.
 */
export async function releaseRestore(context: EngineContext, name: string, namespaces: readonly string[]): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const value = await labelValue(name);
  const needed = new Set<string>();
  for (const namespace of namespaces) {
    const { items } = await cluster.list(snapshots, { namespace, labelSelector: selectorOf(value), ...options }).catch(none);
    if (items.length === 0) continue;
    const claims = await cluster.list(types.persistentVolumeClaims, { namespace, ...options });
    const waiting = claims.items
      .filter((claim) => textAt(claim, 'status', 'phase') !== 'Bound')
      .map((claim) => textAt(claim, 'spec', 'dataSource', 'name'));
    for (const snapshot of items) {
      if (waiting.includes(snapshot.metadata.name)) needed.add(`${namespace}/${snapshot.metadata.name}`);
      else await takeSnapshot(snapshot, value, context).catch(nothing);
    }
  }
  // By their own labels: their snapshot may be gone already, when this was ended half-way.
  const { items } = await cluster.list(contents, { labelSelector: selectorOf(value), ...options }).catch(none);
  for (const content of items) {
    const [namespace = '', snapshot] = ownerOf(content);
    if (!namespaces.includes(namespace) || needed.has(`${namespace}/${snapshot}`)) continue;
    await retain(content, context)
      .then(() => cluster.delete({ type: contents, name: content.metadata.name }, options))
      .catch(nothing);
  }
}

async function takeSnapshot(snapshot: KubeObject, restore: string, context: EngineContext): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const { namespace, name } = snapshot.metadata;
  const bound =
    textAt(snapshot, 'spec', 'source', 'volumeSnapshotContentName') ?? textAt(snapshot, 'status', 'boundVolumeSnapshotContentName');
  const content = bound === undefined ? undefined : await cluster.get({ type: contents, name: bound }, options).catch(absent);
  // One that cannot be told to keep the data keeps it only when its policy says so already.
  if (content && !isOf(content, snapshot, restore)) return;
  if (content) await retain(content, context);
  await cluster.delete({ type: snapshots, namespace: namespace!, name }, options).catch(absent);
}

/**
 * Contents lie in no namespace: those that a restore left go with the one that it restored into, if that is deleted before they
 * are released, as a copy is.
 */
export async function tieToNamespaces(context: EngineContext, name: string): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const { items } = await cluster.list(contents, { labelSelector: selectorOf(await labelValue(name)), ...options }).catch(none);
  for (const content of items) await tie(content, context).catch(nothing);
}

async function tie(content: KubeObject, context: EngineContext): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const [namespace] = ownerOf(content);
  if (namespace === undefined || (content.metadata.ownerReferences ?? []).length > 0) return;
  const owner = await namespaceOwner(context, namespace);
  if (owner === undefined) return;
  const ref = { type: contents, name: content.metadata.name };
  await retain(content, context);
  if (owner === 'gone') await cluster.delete(ref, options);
  else await cluster.patch(ref, 'merge', { metadata: { ownerReferences: [owner] } }, options);
}

function selectorOf(restore: string): string {
  return `velero.io/restore-name=${restore}`;
}

async function retain(content: KubeObject, { cluster, signal }: EngineContext): Promise<void> {
  if (textAt(content, 'spec', 'deletionPolicy') === 'Retain') return;
  const spec = { deletionPolicy: 'Retain' };
  await cluster.patch({ type: contents, name: content.metadata.name }, 'merge', { spec }, signal ? { signal } : {});
}

/** Made by this restore, for this very snapshot: a snapshot may name any content. */
function isOf(content: KubeObject, { metadata }: KubeObject, restore: string): boolean {
  const [namespace, name] = ownerOf(content);
  return content.metadata.labels?.['velero.io/restore-name'] === restore && namespace === metadata.namespace && name === metadata.name;
}

function ownerOf(content: KubeObject): [namespace: string | undefined, name: string | undefined] {
  const owner = at(content, 'spec', 'volumeSnapshotRef');
  return [textAt(owner, 'namespace'), textAt(owner, 'name')];
}

/** Neither types nor rights: nothing was left, or nothing can be done about it. */
function none(error: unknown): { items: KubeObject[] } {
  return nothing(error) ?? { items: [] };
}

function nothing(error: unknown): undefined {
  if (error instanceof DrError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN')) return undefined;
  throw error;
}
