import { ConflictError, DrError } from '../errors.ts';
import type { ClusterClient, RequestOptions } from '../ports/cluster.ts';
import type { JournalEntry } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import { briefly } from './briefly.ts';
import { clustersOf } from './clusters-of.ts';
import { revisionOf } from './journal-copies.ts';
import { createWhole, objectsOf } from './journal-objects.ts';

/** A cluster that did not take a copy is not asked again for so many writes. */
const restAfterFailure = 20;

interface Known {
  /** resourceVersion of our last copy there. */
  version?: string;
  resting: number;
}

/**
 * What a journal keeps on the other clusters of its operation, so that whoever is left knows what was under way when the cluster
 * that keeps it is gone.
 */
export function createCopies(clusters: readonly ClusterClient[], namespace: string): { write(entry: JournalEntry): Promise<void> } {
  const known = new Map<string, Known>();

  async function copyTo(cluster: ClusterClient, entry: JournalEntry): Promise<void> {
    const key = `${cluster.name}/${entry.operation.id}`;
    const { version, resting } = known.get(key) ?? { resting: 0 };
    if (resting > 0) return void known.set(key, { ...(version !== undefined && { version }), resting: resting - 1 });
    try {
      known.set(key, { version: await briefly(cluster.name, (options) => written(cluster, entry, version, options)), resting: 0 });
    } catch (error) {
      if (!(error instanceof DrError) || error.code === 'OVERTAKEN') throw error;
      known.set(key, { resting: restAfterFailure });
    }
  }

  /** Over whatever is older there. */
  async function written(
    cluster: ClusterClient,
    entry: JournalEntry,
    version: string | undefined,
    options: RequestOptions,
  ): Promise<string> {
    const copy = objectsOf({ ...entry, copyOf: entry.cluster }, namespace);
    const over = async (resourceVersion: string): Promise<KubeObject> =>
      cluster.replace(types.configMaps, { ...copy.first, metadata: { ...copy.first.metadata, resourceVersion } }, options);
    try {
      const stored = version === undefined ? await createWhole(cluster, copy, namespace, options) : await over(version);
      return stored.metadata.resourceVersion ?? '';
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    const there = await cluster.get({ type: types.configMaps, namespace, name: entry.operation.id }, options);
    if (revisionOf(there) > entry.revision) throw overtaken(entry, cluster);
    return (await over(there.metadata.resourceVersion ?? '')).metadata.resourceVersion ?? '';
  }

  return {
    async write(entry) {
      const others = clustersOf(entry.operation.plan).filter((name) => name !== entry.cluster);
      await Promise.all(clusters.filter(({ name }) => others.includes(name)).map((cluster) => copyTo(cluster, entry)));
    },
  };
}

/** Somebody who did not see our cluster went on with it at the other one. */
function overtaken({ operation: { id } }: JournalEntry, { name }: ClusterClient): ConflictError {
  return new ConflictError(`the operation ${id} was taken over by somebody else, on ${name}`, {
    code: 'OVERTAKEN',
    cluster: name,
    hint: `kubectl dr describe operation ${id}`,
  });
}
