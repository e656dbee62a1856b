import { at, textAt, timeOf } from '../../application/raw.ts';
import { DrError, NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { EarlierImage, ReplicationRef } from '../../ports/replication.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { type End, read } from './ends.ts';
import { moverOf } from './status.ts';

/** Of what VolSync makes by itself. */
export const createdByVolSync = 'app.kubernetes.io/created-by=volsync';

/** What a destination has kept apart from its newest image; undefined: it lies in a repository, which only restic can look into. */
export async function earlier(context: EngineContext, ref: ReplicationRef): Promise<EarlierImage[] | undefined> {
  const [end] = await read(context, [ref]);
  return moverOf(end!.object) === 'restic' ? undefined : imagesOf(context, end!);
}

/**
 * Its images that are ready, the newest first, by when each was cut here; the source had begun that sync before. VolSync keeps the newest
 * alone, and those that somebody asked it to leave (`volsync.backube/do-not-delete`).
 */
export async function imagesOf({ cluster, signal }: EngineContext, { ref, object }: End): Promise<EarlierImage[]> {
  const mover = moverOf(object);
  const volume = (mover && textAt(object, 'spec', mover, 'destinationPVC')) ?? `volsync-${ref.name}-dest`;
  const list = await cluster
    .list(snapshotKinds.snapshots, { namespace: ref.namespace, labelSelector: createdByVolSync, ...(signal && { signal }) })
    .catch((error: unknown) => {
      if (error instanceof NotFoundError || (error instanceof DrError && error.code === 'NOT_FOUND')) return { items: [] };
      throw error;
    });
  return list.items
    .filter(({ metadata }) => metadata.name.startsWith(`${volume}-`) && /^\d{14}/.test(metadata.name.slice(volume.length + 1)))
    .filter((snapshot) => at(snapshot, 'status', 'readyToUse') === true)
    .flatMap((snapshot) => {
      const cut = timeOf(at(snapshot, 'status', 'creationTime')) ?? timeOf(snapshot.metadata.creationTimestamp);
      return cut === undefined ? [] : [{ name: snapshot.metadata.name, cutAt: new Date(cut).toISOString() }];
    })
    .toSorted((a, b) => Date.parse(b.cutAt) - Date.parse(a.cutAt));
}
