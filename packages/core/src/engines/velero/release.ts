import { at, textAt } from '../../application/raw.ts';
import { DrError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { labelValue } from './label.ts';

const { snapshots, contents } = snapshotKinds;

/**
 * For each claim that came from a CSI snapshot the server makes a VolumeSnapshot beside it, and a content with the handle of the
 * backup's own snapshot, and leaves both. They go, the snapshot in the storage stays, for it is the point's: a content is
 * told to retain it before anything is deleted.
 */
export async function releaseRestore(context: EngineContext, name: string, namespaces: readonly string[]): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const value = await labelValue(name);
  const labelSelector = `velero.io/restore-name=${value}`;
  for (const namespace of namespaces) {
    const { items } = await cluster.list(snapshots, { namespace, labelSelector, ...options }).catch(none);
    for (const snapshot of items) {
      const bound =
        textAt(snapshot, 'spec', 'source', 'volumeSnapshotContentName') ?? textAt(snapshot, 'status', 'boundVolumeSnapshotContentName');
      const content = bound === undefined ? undefined : await cluster.get({ type: contents, name: bound }, options).catch(absent);
      // One that cannot be told to keep the data keeps it only when its policy says so already.
      if (content && !isOf(content, snapshot, value)) continue;
      if (content && textAt(content, 'spec', 'deletionPolicy') !== 'Retain')
        await cluster.patch({ type: contents, name: content.metadata.name }, 'merge', { spec: { deletionPolicy: 'Retain' } }, options);
      await cluster.delete({ type: snapshots, namespace, name: snapshot.metadata.name }, options).catch(absent);
      if (content) await cluster.delete({ type: contents, name: content.metadata.name }, options).catch(absent);
    }
  }
}

/** Made by this restore, for this very snapshot: a snapshot may name any content. */
function isOf(content: KubeObject, { metadata }: KubeObject, restore: string): boolean {
  const owner = at(content, 'spec', 'volumeSnapshotRef');
  return (
    content.metadata.labels?.['velero.io/restore-name'] === restore &&
    textAt(owner, 'namespace') === metadata.namespace &&
    textAt(owner, 'name') === metadata.name
  );
}

/** Neither types nor rights: nothing was left, or nothing can be done about it. */
function none(error: unknown): { items: KubeObject[] } {
  if (error instanceof DrError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN')) return { items: [] };
  throw error;
}

function absent(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined;
  throw error;
}
