import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

export type JsonRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a path of field names, or undefined as soon as one is missing. */
export function at(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const field of path) {
    if (!isRecord(current)) return undefined;
    current = current[field];
  }
  return current;
}

export function textAt(value: unknown, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...path: string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export function recordAt(value: unknown, ...path: string[]): JsonRecord {
  const found = at(value, ...path);
  return isRecord(found) ? found : {};
}

export function listAt(value: unknown, ...path: string[]): unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: string[]): string[] {
  return listAt(value, ...path).filter((item) => typeof item === 'string');
}

/**
 * Equal as JSON, as Kubernetes sees it: the order of fields does not matter, the order of items does, and a field that
 * is null is no field.
 */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, index) => equal(item, right[index]));
  }
  if (!isRecord(left) || !isRecord(right)) return false;
  const fields = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const field of fields) if (!equal(left[field] ?? undefined, right[field] ?? undefined)) return false;
  return true;
}

/** Freezes a value all the way down. What is frozen already is taken to be frozen below as well. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) freeze(child);
  return value;
}

/** `value` with one path set; copies what lies on the way and shares the rest. `undefined` removes the field. */
export function withPath<T extends JsonRecord>(value: T, path: readonly string[], to: unknown): T {
  const [field, ...rest] = path;
  if (field === undefined) return value;
  const child = value[field];
  const next = rest.length === 0 ? to : withPath(isRecord(child) ? child : {}, rest, to);
  const copy: JsonRecord = { ...value, [field]: next };
  if (next === undefined) delete copy[field];
  return copy as T;
}

/** A copy without some fields. */
export function without<T extends JsonRecord>(value: T, ...fields: string[]): T {
  const copy: JsonRecord = { ...value };
  for (const field of fields) delete copy[field];
  return copy as T;
}

/** RFC 7396. The order of fields that stay is kept. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: JsonRecord = isRecord(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = mergePatch(result[field], value);
  }
  return result;
}

/** A foreign value as an object of Kubernetes: `metadata` is a record, the rest is as it came. */
export function asKubeObject(value: JsonRecord): KubeObject {
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  return { ...value, metadata } as KubeObject;
}
