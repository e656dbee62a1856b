import { canonicalJson } from '../planning/hash.ts';

export interface JsonPatchOperation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** RFC 6902, but the root cannot be replaced. Throws an Error with the reason; returns a new value. */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw new Error('a JSON patch is a list of operations');
  const document: unknown = structuredClone(target);
  for (const operation of operations as readonly JsonPatchOperation[]) carryOut(document, operation);
  return document;
}

function carryOut(document: unknown, { op, path, from, value }: JsonPatchOperation): void {
  switch (op) {
    case 'test':
      if (canonicalJson(read(document, path)) !== canonicalJson(value)) throw new Error(`the test of ${path} failed`);
      return;
    case 'add':
      return add(document, path, structuredClone(value));
    case 'remove':
      return void remove(document, path);
    case 'replace':
      remove(document, path);
      return add(document, path, structuredClone(value));
    case 'move':
      return add(document, path, remove(document, String(from)));
    case 'copy':
      return add(document, path, structuredClone(read(document, String(from))));
    default:
      throw new Error(`unknown operation "${op}"`);
  }
}

function read(document: unknown, path: string): unknown {
  const { parent, key } = locate(document, path);
  assertPresent(parent, key, path);
  return Array.isArray(parent) ? parent[Number(key)] : parent[key];
}

function add(document: unknown, path: string, value: unknown): void {
  const { parent, key } = locate(document, path);
  if (!Array.isArray(parent)) {
    parent[key] = value;
    return;
  }
  const index = key === '-' ? parent.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > parent.length) throw new Error(`${path} does not exist`);
  parent.splice(index, 0, value);
}

function remove(document: unknown, path: string): unknown {
  const { parent, key } = locate(document, path);
  assertPresent(parent, key, path);
  if (Array.isArray(parent)) return parent.splice(Number(key), 1)[0];
  const value = parent[key];
  delete parent[key];
  return value;
}

function assertPresent(parent: Record<string, unknown> | unknown[], key: string, path: string): void {
  if (!Object.hasOwn(parent, key) || (Array.isArray(parent) && !/^\d+$/.test(key))) throw new Error(`${path} does not exist`);
}

function locate(document: unknown, path: string): { parent: Record<string, unknown> | unknown[]; key: string } {
  const keys = String(path)
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = keys.pop();
  if (key === undefined) throw new Error('the whole document cannot be patched');
  let parent = document as Record<string, unknown>;
  for (const step of keys) {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, step)) throw new Error(`${path} does not exist`);
    parent = parent[step] as Record<string, unknown>;
  }
  if (typeof parent !== 'object' || parent === null) throw new Error(`${path} does not exist`);
  return { parent, key };
}
