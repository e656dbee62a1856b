import { DrError, InputError } from '../errors.ts';
import type { JournalEntry } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { operationBodySchema } from '../wire/plan.ts';
import { annotations } from '../application/model.ts';
import { revisionOf } from './journal-copies.ts';
import { isPart, joined, partName, partsOf } from './journal-parts.ts';
import type { Operation } from './model.ts';

/**
 * The journals among the ConfigMaps of a namespace. One that somebody broke by hand, or of which a part is missing, must
 * not hide the others: it is left out.
 */
export function entriesOf(objects: readonly KubeObject[], cluster: string, decode: typeof entryOf = entryOf): JournalEntry[] {
  const parts = new Map(objects.filter(isPart).map((object) => [object.metadata.name, object]));
  return objects
    .filter((object) => !isPart(object))
    .flatMap((object) => {
      const own = Array.from({ length: partsOf(object) }, (_, index) => parts.get(partName(object.metadata.name, index + 1)));
      try {
        return [decode(joined(object, own), cluster)];
      } catch (error) {
        if (error instanceof DrError) return [];
        throw error;
      }
    });
}

/** A journal is outside input: it is read like any other. */
export function entryOf(object: KubeObject, cluster: string): JournalEntry {
  const data = (object.data ?? {}) as Record<string, unknown>;
  try {
    const plan: unknown = JSON.parse(String(data.plan));
    const status = JSON.parse(String(data.status)) as Record<string, unknown>;
    const operation = operationBodySchema.parse({ ...status, plan }) as Operation;
    const { annotations: notes, resourceVersion } = object.metadata;
    const copyOf = notes?.[annotations.copyOf];
    return { operation, cluster, version: resourceVersion ?? '', revision: revisionOf(object), ...(copyOf !== undefined && { copyOf }) };
  } catch (cause) {
    throw new InputError(`the journal ${object.metadata.namespace}/${object.metadata.name} on ${cluster} cannot be read`, {
      cluster,
      cause,
      hint: 'it was changed by hand, or by a newer version of this product',
    });
  }
}
