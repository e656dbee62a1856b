import { Pointer, applyPatch } from 'rfc6902';
import type { Patch } from 'rfc6902';

/** A step of RFC 6902, as a resource modifier writes it. */
export interface PatchOperation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** A `test` that did not hold, other than for the absence of what holds the field. */
export class TestFailed extends Error {}

/** The changed copy of a document. Fails in the words of the JSON patch of the server (`evanphx/json-patch`). */
export function applyJsonPatch(document: unknown, steps: readonly PatchOperation[]): unknown {
  let copy = structuredClone(document);
  for (const step of steps) {
    const problem = obstacle(copy, step);
    if (problem !== undefined) throw new Error(problem);
    const next = structuredClone(copy);
    const [failure = null] = applyPatch(next, [step] as Patch);
    if (step.op === 'test' ? failure !== null && !(step.value === null && valueAt(copy, step.path) === undefined) : failure !== null) {
      if (step.op === 'test') throw new TestFailed(`testing value ${step.path} failed: test failed`);
      throw new Error(`error in ${step.op} for path: '${step.path}': ${failure!.message}`);
    }
    copy = step.op === 'test' ? copy : next;
  }
  return copy;
}

/** Why a step cannot be done at all. */
function obstacle(document: unknown, { op, path, from = '' }: PatchOperation): string | undefined {
  const there = holderOf(document, path) !== undefined;
  const missing = (what: string, of: string): string => `${op} operation does not apply: ${what}: ${of}: missing value`;
  switch (op) {
    case 'add':
      return there ? undefined : missing('doc is missing path', `"${path}"`);
    case 'remove':
      if (!there) return missing('doc is missing path', `"${path}"`);
      return valueAt(document, path) === undefined
        ? `error in remove for path: '${path}': unable to remove nonexistent key: ${keyOf(path)}: missing value`
        : undefined;
    case 'replace':
      if (!there) return missing('doc is missing path', path);
      return valueAt(document, path) === undefined ? missing('doc is missing key', path) : undefined;
    case 'test':
      return there ? undefined : missing('is missing path', path);
    case 'move':
    case 'copy':
      if (holderOf(document, from) === undefined) return missing('doc is missing from path', op === 'copy' ? `"${from}"` : from);
      if (valueAt(document, from) === undefined) {
        const what = op === 'copy' ? `from: '${from}'` : `path: '${keyOf(from)}'`;
        return `error in ${op} for ${what}: unable to get nonexistent key: ${keyOf(from)}: missing value`;
      }
      return there ? undefined : missing('doc is missing destination path', path);
    default:
      return undefined;
  }
}

function valueAt(document: unknown, path: string): unknown {
  return Pointer.fromJSON(path).get(document);
}

/** The object or list that holds what a path names. */
function holderOf(document: unknown, path: string): unknown {
  const holder = valueAt(document, path.slice(0, path.lastIndexOf('/')));
  return typeof holder === 'object' && holder !== null ? holder : undefined;
}

function keyOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}
