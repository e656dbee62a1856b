import { labels } from '../application/model.ts';
import { DrError, InputError, NotFoundError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Journal, JournalEntry } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { Operation } from './model.ts';
import { joined, maxParts, partName, partsOf } from './journal-parts.ts';

/** Characters of one ConfigMap's payload: a server takes at most 1 MiB of object, and stores 1.5 MiB at most. */
const partSize = 512 * 1024;

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
  return {
    async create(cluster, operation) {
      await ensureNamespace(client(cluster), namespace);
      const { first, parts } = objectsOf(operation, namespace);
      for (const part of parts) {
        await client(cluster)
          .create(types.configMaps, part)
          // Left by a process that died before it wrote the first: the same operation has the same plan, or is refused below.
          .catch((error: unknown) => {
            if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
            return client(cluster).replace(types.configMaps, part);
          });
      }
      const created = await client(cluster).create(types.configMaps, first);
      return { operation, cluster, version: created.metadata.resourceVersion ?? '' };
    },
    async update(entry, operation) {
      const { first } = objectsOf(operation, namespace);
      const stored = await client(entry.cluster).replace(types.configMaps, {
        ...first,
        metadata: { ...first.metadata, resourceVersion: entry.version },
      });
      return { operation, cluster: entry.cluster, version: stored.metadata.resourceVersion ?? '' };
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

export async function ensureNamespace(cluster: ClusterClient, name: string): Promise<void> {
  try {
    await cluster.get({ type: types.namespaces, name });
    return;
  } catch (error) {
    // Somebody who may not read the namespace may still be allowed to write inside it.
    if (error instanceof DrError && error.code === 'FORBIDDEN') return;
    if (!(error instanceof NotFoundError)) throw error;
  }
  await cluster
    .create(types.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'app.kubernetes.io/name': 'kubectl-dr' } },
    })
    .catch((error: unknown) => {
      if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
    });
}

function objectsOf(operation: Operation, namespace: string): { first: KubeObject; parts: KubeObject[] } {
  const { plan, ...status } = operation;
  const text = JSON.stringify(plan);
  const own = { [labels.operation]: nameFor(operation.id), [labels.application]: nameFor(plan.application) };
  const object = (name: string, data: Record<string, string>, more: Record<string, string> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { ...own, ...more } },
    data,
  });
  const pieces = piecesOf(text);
  if (pieces.length > maxParts)
    throw new InputError(`the plan ${plan.id} is too large to be kept: ${Math.round(text.length / 1e6)} MB`, {
      hint: 'restore fewer components at once: --component',
    });
  if (pieces.length === 1) return { first: object(operation.id, { plan: text, status: JSON.stringify(status) }), parts: [] };
  return {
    first: object(operation.id, { planParts: String(pieces.length), status: JSON.stringify(status) }),
    parts: pieces.map((plan, index) => object(partName(operation.id, index + 1), { plan }, { [labels.part]: String(index + 1) })),
  };
}

/** By bytes as they are sent, never through a character. */
function piecesOf(text: string): string[] {
  const encoder = new TextEncoder();
  if (text.length < partSize / 4 || encoder.encode(text).length <= partSize) return [text];
  const pieces: string[] = [];
  // A character takes at most three bytes per unit of UTF-16, and a pair must stay together.
  const step = Math.floor(partSize / 3);
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + step, text.length);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}
