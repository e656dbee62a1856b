import { labels } from '../application/model.ts';
import { DrError, NotFoundError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Journal, JournalEntry } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import { absent } from './actions/context.ts';
import { createCopies } from './copied-journal.ts';
import { createWhole, objectsOf } from './journal-objects.ts';
import { joined, partName, partsOf } from './journal-parts.ts';
import { removeLeftParts } from './left-parts.ts';

/** Checking what was read takes a schema of all that a plan can hold: loaded where there is something to check. */
const reading = () => import('./journal-entry.ts');

/**
 * A ConfigMap per operation: `data.plan` never changes, `data.status` does. A plan that is larger than `partSize` lies in
 * ConfigMaps of its own, `<operation>.plan-1` and so on, written before the first and never changed; the first says how
 * many there are.
 */
export function createJournal(clusters: readonly ClusterClient[], namespace: string): Journal {
  const client = (name: string): ClusterClient => {
    const found = clusters.find((cluster) => cluster.name === name);
    if (!found) throw new NotFoundError(`the cluster ${name} that keeps the operation is not configured`, { code: 'UNKNOWN_CLUSTER' });
    return found;
  };
  const whole = async (object: KubeObject, cluster: string): Promise<JournalEntry> => {
    const names = Array.from({ length: partsOf(object) }, (_, index) => partName(object.metadata.name, index + 1));
    const parts = await Promise.all(names.map((name) => client(cluster).get({ type: types.configMaps, namespace, name })));
    return (await reading()).entryOf(joined(object, parts), cluster);
  };
  const copies = createCopies(clusters, namespace);
  const removeLeft = async (cluster: string, signal?: AbortSignal): Promise<string[]> => {
    const on = client(cluster);
    return removeLeftParts(on, namespace, await on.now(signal ? { signal } : {}), signal);
  };
  return {
    async create(cluster, operation) {
      const written = objectsOf({ operation, revision: 1 }, namespace);
      const created = await createWhole(client(cluster), written, namespace);
      const entry = { operation, cluster, version: created.metadata.resourceVersion ?? '', revision: 1 };
      await copies.write(entry);
      // Where plans are so large, there may be parts of others; whoever may not remove them leaves them to whoever may.
      if (written.parts.length > 0)
        await removeLeft(cluster).catch((error: unknown) => {
          if (!(error instanceof DrError)) throw error;
        });
      return entry;
    },
    removeLeft,
    async update(before, operation) {
      const { cluster } = before;
      const revision = before.revision + 1;
      const { first } = objectsOf({ operation, revision }, namespace);
      const stored = await client(cluster).replace(types.configMaps, {
        ...first,
        metadata: { ...first.metadata, resourceVersion: before.version },
      });
      const entry = { operation, cluster, version: stored.metadata.resourceVersion ?? '', revision };
      await copies.write(entry);
      return entry;
    },
    async remove({ cluster, version, operation: { id } }) {
      const ref = (name: string) => ({ type: types.configMaps, namespace, name });
      const stored = await client(cluster).get(ref(id)).catch(absent);
      if (!stored) return;
      // The first before its parts: what is left of it when this process dies in between is no operation any more.
      await client(cluster)
        .delete(ref(id), { preconditions: { resourceVersion: version } })
        .catch(absent);
      const parts = Array.from({ length: partsOf(stored) }, (_, index) => ref(partName(id, index + 1)));
      await Promise.all(parts.map((part) => client(cluster).delete(part).catch(absent)));
    },
    async read(cluster, id) {
      return whole(await client(cluster).get({ type: types.configMaps, namespace, name: id }), cluster);
    },
    async list(cluster, signal) {
      const { items } = await client(cluster).list(types.configMaps, {
        namespace,
        labelSelector: labels.operation,
        ...(signal ? { signal } : {}),
      });
      return items.length === 0 ? [] : (await reading()).entriesOf(items, cluster);
    },
  };
}
