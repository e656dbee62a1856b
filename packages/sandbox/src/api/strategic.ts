import { equal, isRecord, without } from './json.ts';
import type { JsonRecord } from './json.ts';
import type { Field, Type } from './schema/fields.ts';
import { fieldIn } from './schema/fields.ts';

/**
 * Strategic merge patch over the merge keys of a type, with its directives `$patch`, `$setElementOrder/…`,
 * `$deleteFromPrimitiveList/…` and `$retainKeys`.
 */
export function strategicMerge(type: Type | undefined, target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  if (patch.$patch === 'replace') return without(patch, '$patch');
  if (patch.$patch === 'delete') return {};
  const result: JsonRecord = isRecord(target) ? { ...target } : {};
  const retain = patch.$retainKeys;
  if (Array.isArray(retain)) for (const field of Object.keys(result)) if (!retain.includes(field)) delete result[field];
  const orders: [string, unknown[]][] = [];
  for (const [field, value] of Object.entries(patch)) {
    if (field === '$retainKeys' || field === '$patch') continue;
    const [directive, list] = field.split('/');
    if (directive === '$setElementOrder' && list !== undefined && Array.isArray(value)) orders.push([list, value]);
    else if (directive === '$deleteFromPrimitiveList' && list !== undefined && Array.isArray(value)) {
      const current = result[list];
      if (Array.isArray(current)) result[list] = current.filter((item) => !value.some((removed) => equal(removed, item)));
    } else if (value === null) delete result[field];
    else {
      const known = fieldIn(type, field);
      const before = result[field];
      result[field] = Array.isArray(value) ? mergeList(known, before, value) : strategicMerge(known?.type, before, value);
    }
  }
  for (const [list, order] of orders) {
    const current = result[list];
    if (Array.isArray(current)) result[list] = ordered(fieldIn(type, list)?.mergeKey, current, order);
  }
  return result;
}

function mergeList(field: Field | undefined, target: unknown, patch: unknown[]): unknown[] {
  const key = field?.mergeKey;
  const type = field?.type.kind === 'list' ? field.type.of : undefined;
  const current: unknown[] = Array.isArray(target) ? target : [];
  if (patch.some((item) => isRecord(item) && item.$patch === 'replace' && Object.keys(item).length === 1)) {
    return patch.filter((item) => !(isRecord(item) && item.$patch === 'replace'));
  }
  if (key === '') return [...current, ...patch.filter((item) => !current.includes(item))];
  if (key === undefined) return patch;
  let result = current;
  for (const item of patch) {
    const same = (known: unknown): boolean => isRecord(known) && isRecord(item) && equal(known[key], item[key]);
    if (isRecord(item) && item.$patch === 'delete') result = result.filter((known) => !same(known));
    else if (result.some(same)) result = result.map((known) => (same(known) ? strategicMerge(type, known, item) : known));
    else result = [...result, strategicMerge(type, {}, item)];
  }
  return result;
}

/** Items in the order asked for; those that the order does not name stay behind their neighbours. */
function ordered(key: string | undefined, items: unknown[], order: unknown[]): unknown[] {
  const identity = (item: unknown): unknown => (key && isRecord(item) ? item[key] : item);
  const wanted = order.map(identity);
  const rank = (item: unknown): number => wanted.findIndex((known) => equal(known, identity(item)));
  const named = items.filter((item) => rank(item) >= 0).sort((left, right) => rank(left) - rank(right));
  return [...named, ...items.filter((item) => rank(item) < 0)];
}
