import { labels } from '../application/model.ts';
import { DrError, InputError, NotFoundError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Journal, JournalEntry } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import { operationBodySchema } from '../wire/plan.ts';
import type { Operation } from './model.ts';

/** A ConfigMap per operation: `data.plan` never changes, `data.status` does. */
export function createJournal(clusters: readonly ClusterClient[], namespace: string): Journal {
  const client = (name: string): ClusterClient => {
    const found = clusters.find((cluster) => cluster.name === name);
    if (!found) throw new NotFoundError(`the cluster ${name} that keeps the operation is not configured`, { code: 'UNKNOWN_CLUSTER' });
    return found;
  };
  return {
    async create(cluster, operation) {
      await ensureNamespace(client(cluster), namespace);
      return entryOf(await client(cluster).create(types.configMaps, objectOf(operation, namespace)), cluster);
    },
    async update(entry, operation) {
      const object = objectOf(operation, namespace);
      return entryOf(
        await client(entry.cluster).replace(types.configMaps, {
          ...object,
          metadata: { ...object.metadata, resourceVersion: entry.version },
        }),
        entry.cluster,
      );
    },
    async read(cluster, id) {
      return entryOf(await client(cluster).get({ type: types.configMaps, namespace, name: id }), cluster);
    },
    async list(cluster, signal) {
      const { items } = await client(cluster).list(types.configMaps, {
        namespace,
        labelSelector: labels.operation,
        ...(signal ? { signal } : {}),
      });
      // One journal that somebody broke by hand must not hide the others.
      return items.flatMap((item) => {
        try {
          return [entryOf(item, cluster)];
        } catch (error) {
          if (error instanceof DrError) return [];
          throw error;
        }
      });
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

function objectOf(operation: Operation, namespace: string): KubeObject {
  const { plan, ...status } = operation;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: operation.id,
      namespace,
      labels: { [labels.operation]: nameFor(operation.id), [labels.application]: nameFor(plan.application) },
    },
    data: { plan: JSON.stringify(plan), status: JSON.stringify(status) },
  };
}

/** A journal is outside input: it is read like any other. */
export function entryOf(object: KubeObject, cluster: string): JournalEntry {
  const data = (object.data ?? {}) as Record<string, unknown>;
  try {
    const plan: unknown = JSON.parse(String(data.plan));
    const status = JSON.parse(String(data.status)) as Record<string, unknown>;
    const operation = operationBodySchema.parse({ ...status, plan }) as Operation;
    return { operation, cluster, version: object.metadata.resourceVersion ?? '' };
  } catch (cause) {
    throw new InputError(`the journal ${object.metadata.namespace}/${object.metadata.name} on ${cluster} cannot be read`, {
      cluster,
      cause,
      hint: 'it was changed by hand, or by a newer version of this product',
    });
  }
}
