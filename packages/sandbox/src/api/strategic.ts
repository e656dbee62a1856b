import { equal, isRecord, without } from './json.ts';
import type { JsonRecord } from './json.ts';

/** Lists of built-in types that are merged item by item, and the field that identifies an item. */
const keys: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  secrets: 'name',
  webhooks: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  conditions: 'type',
  addresses: 'type',
  ownerReferences: 'uid',
  topologySpreadConstraints: 'topologyKey',
};

const sets = new Set(['finalizers']);

/** Field that identifies an item of the list under `field`, or undefined when the list is replaced as a whole. */
export function mergeKey(field: string, items: unknown[]): string | undefined {
  if (field !== 'ports') return Object.hasOwn(keys, field) ? keys[field] : undefined;
  const records = items.filter(isRecord);
  if (records.some((item) => item.containerPort !== undefined)) return 'containerPort';
  return records.some((item) => item.port !== undefined) ? 'port' : undefined;
}

/** Lists of plain values that behave as sets. */
export function isSet(field: string): boolean {
  return sets.has(field);
}

/**
 * Strategic merge patch over the merge keys above, with its directives `$patch`, `$setElementOrder/…`,
 * `$deleteFromPrimitiveList/…` and `$retainKeys`.
 */
export function strategicMerge(target: unknown, patch: unknown): unknown {
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
    else result[field] = Array.isArray(value) ? mergeList(field, result[field], value) : strategicMerge(result[field], value);
  }
  for (const [list, order] of orders) {
    const current = result[list];
    if (Array.isArray(current)) result[list] = ordered(list, current, order);
  }
  return result;
}

function mergeList(field: string, target: unknown, patch: unknown[]): unknown[] {
  const current: unknown[] = Array.isArray(target) ? target : [];
  if (patch.some((item) => isRecord(item) && item.$patch === 'replace' && Object.keys(item).length === 1)) {
    return patch.filter((item) => !(isRecord(item) && item.$patch === 'replace'));
  }
  if (isSet(field)) return [...current, ...patch.filter((item) => !current.includes(item))];
  const key = mergeKey(field, [...current, ...patch]);
  if (key === undefined) return patch;
  let result = current;
  for (const item of patch) {
    const same = (known: unknown): boolean => isRecord(known) && isRecord(item) && equal(known[key], item[key]);
    if (isRecord(item) && item.$patch === 'delete') result = result.filter((known) => !same(known));
    else if (result.some(same)) result = result.map((known) => (same(known) ? strategicMerge(known, item) : known));
    else result = [...result, strategicMerge({}, item)];
  }
  return result;
}

/** Items in the order asked for; those that the order does not name stay behind their neighbours. */
function ordered(field: string, items: unknown[], order: unknown[]): unknown[] {
  const key = mergeKey(field, [...items, ...order]);
  const identity = (item: unknown): unknown => (key !== undefined && isRecord(item) ? item[key] : item);
  const wanted = order.map(identity);
  const rank = (item: unknown): number => wanted.findIndex((known) => equal(known, identity(item)));
  const named = items.filter((item) => rank(item) >= 0).sort((left, right) => rank(left) - rank(right));
  return [...named, ...items.filter((item) => rank(item) < 0)];
}
