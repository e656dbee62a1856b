import { annotations, labels } from '../application/model.ts';
import { DrError, InputError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import type { ClusterClient, RequestOptions } from '../ports/cluster.ts';
import type { JournalEntry } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import { maxParts, partName } from './journal-parts.ts';
import { ensureNamespace } from './own-namespace.ts';

/** Characters of one ConfigMap's payload: a server takes at most 1 MiB of object, and stores 1.5 MiB at most. */
const partSize = 512 * 1024;

/** The parts before the first: a journal that is there is whole. ConflictError ALREADY_EXISTS when the first is there. */
export async function createWhole(
  cluster: ClusterClient,
  { first, parts }: JournalObjects,
  namespace: string,
  options: RequestOptions = {},
): Promise<KubeObject> {
  await ensureNamespace(cluster, namespace, options);
  for (const part of parts) {
    await cluster
      .create(types.configMaps, part, options)
      // Left by a process that died before it wrote the first: the same operation has the same plan, or is refused below.
      .catch((error: unknown) => {
        if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
        return cluster.replace(types.configMaps, part, options);
      });
  }
  return cluster.create(types.configMaps, first, options);
}

/** `first` holds what changes, and the plan where it fits. */
export interface JournalObjects {
  first: KubeObject;
  parts: KubeObject[];
}

export function objectsOf(
  { operation, revision, copyOf }: Pick<JournalEntry, 'operation' | 'revision' | 'copyOf'>,
  namespace: string,
): JournalObjects {
  const { plan, ...status } = operation;
  const text = JSON.stringify(plan);
  const own = { [labels.operation]: nameFor(operation.id), [labels.application]: nameFor(plan.application) };
  const notes = { [annotations.revision]: String(revision), ...(copyOf !== undefined && { [annotations.copyOf]: copyOf }) };
  const object = (name: string, data: Record<string, string>, part?: number): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { ...own, ...(part !== undefined && { [labels.part]: String(part) }) },
      ...(part === undefined && { annotations: notes }),
    },
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
    parts: pieces.map((plan, index) => object(partName(operation.id, index + 1), { plan }, index + 1)),
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
