import { isRaw } from '../../application/raw.ts';
import { canonicalJson } from '../hash.ts';
import type { FieldChange } from '../model.ts';

/** Fields that say who an item of a list is, in the order in which they are tried. */
const keys = ['name', 'key', 'containerPort', 'port', 'mountPath', 'devicePath', 'ip', 'type', 'topologyKey'];

/**
 * Differences field by field, from what is there to what would be. Items of lists are matched by what names them
 * (`spec.template.spec.containers[web].image`), else by position; an equal set in another order is no difference where
 * items have names.
 */
export function fieldChanges(from: unknown, to: unknown, path = ''): FieldChange[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  if (isRaw(from) && isRaw(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
      .sort()
      .flatMap((name) => fieldChanges(from[name], to[name], path === '' ? escaped(name) : `${path}.${escaped(name)}`));
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const key = keys.find((candidate) => names(from, candidate) && names(to, candidate));
    if (key === undefined) {
      return Array.from({ length: Math.max(from.length, to.length) }).flatMap((_, index) =>
        fieldChanges(from[index], to[index], `${path}[${index}]`),
      );
    }
    const byName = (list: readonly unknown[]) => new Map(list.map((item) => [String((item as Record<string, unknown>)[key]), item]));
    const [before, after] = [byName(from), byName(to)];
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
      fieldChanges(before.get(name), after.get(name), `${path}[${name}]`),
    );
  }
  // An empty list, map or text that is absent on the other side means the same to the server.
  if (isEmpty(from) && isEmpty(to)) return [];
  return [{ path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

/** Is every item an object with a value of this field that no other item has? */
function names(list: readonly unknown[], key: string): boolean {
  const values = list.map((item) => (isRaw(item) ? item[key] : undefined));
  return values.every((value) => typeof value === 'string' || typeof value === 'number') && new Set(values).size === values.length;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRaw(value) && Object.keys(value).length === 0;
}

function escaped(name: string): string {
  return /[.[\]/]/.test(name) ? `[${name}]` : name;
}
