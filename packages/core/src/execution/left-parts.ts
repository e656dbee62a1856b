import { labels } from '../application/model.ts';
import { ConflictError, DrError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import { types } from '../ports/kubernetes.ts';
import { absent } from './actions/context.ts';
import { ownerOf } from './journal-parts.ts';

/** Whoever writes a journal now writes its first object within this, milliseconds. */
const grace = 3_600_000;

/**
 * Removes parts of journals without their first object: their writer died before it wrote that, or while it removed them. They are no
 * operation for anybody. Names of what is gone. `now`: of the cluster.
 */
export async function removeLeftParts(cluster: ClusterClient, namespace: string, now: Date, signal?: AbortSignal): Promise<string[]> {
  const options = signal ? { signal } : {};
  const { items } = await cluster.list(types.configMaps, { namespace, labelSelector: labels.part, ...options });
  const removed: string[] = [];
  const known = new Map<string, boolean>();
  for (const { metadata } of items) {
    const { name, creationTimestamp, resourceVersion } = metadata;
    const owner = ownerOf(name);
    if (owner === undefined || !(now.getTime() - Date.parse(creationTimestamp ?? '') > grace)) continue;
    if (!known.has(owner))
      known.set(owner, (await cluster.get({ type: types.configMaps, namespace, name: owner }, options).catch(absent)) !== undefined);
    if (known.get(owner)) continue;
    try {
      const unchanged = resourceVersion === undefined ? {} : { preconditions: { resourceVersion } };
      await cluster.delete({ type: types.configMaps, namespace, name }, { ...unchanged, ...options });
      removed.push(name);
    } catch (error) {
      // Somebody writes it at this moment, or has removed it.
      if (!(error instanceof ConflictError) && !(error instanceof DrError && error.code === 'NOT_FOUND')) throw error;
    }
  }
  return removed;
}
