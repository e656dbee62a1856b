import table from '../../../data/defaults.json' with { type: 'json' };
import { at, isRecord, recordAt, withPath } from '../json.ts';
import type { JsonRecord } from '../json.ts';
import type { Field, Type } from './fields.ts';
import { fieldsOf } from './fields.ts';

/**
 * What the API server fills into a structure wherever it stands: the SetDefaults functions of pkg/apis of Kubernetes 1.34, in
 * their order. `data/defaults.json` has them by structure and path; one that begins with `=` is set whatever it says. A value is
 * itself, or tells where it comes from: `$from` another path, `$by` a function below, `$if` a path is there (`$in`: and is one of
 * these) `$then` one value and `$else` another. A Job has defaults and JobSpec none, because the template of a CronJob stays as it is.
 */
const defaults = table as Record<string, Record<string, unknown>>;

interface Source {
  $from?: string;
  $by?: keyof typeof functions;
  $if?: string;
  $in?: unknown[];
  $then?: unknown;
  $else?: unknown;
}

const functions = {
  pullPolicy: ({ image }: JsonRecord) => (isLatest(image) ? 'Always' : 'IfNotPresent'),
  containers: (pod: JsonRecord) => withRequests(at(pod, 'spec', 'containers')),
  initContainers: (pod: JsonRecord) => withRequests(at(pod, 'spec', 'initContainers')),
  emptyDir: (volume: JsonRecord) => (Object.keys(volume).every((name) => name === 'name' || volume[name] === null) ? {} : undefined),
  requests: (item: JsonRecord) =>
    item.type === 'Container'
      ? { ...recordAt(item, 'min'), ...recordAt(item, 'default'), ...recordAt(item, 'defaultRequest') }
      : item.defaultRequest,
  claimTemplates: ({ volumeClaimTemplates: claims }: JsonRecord) =>
    Array.isArray(claims)
      ? claims.map((claim: unknown) => (isRecord(claim) ? { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' } : claim))
      : claims,
  singular: ({ kind }: JsonRecord) => (typeof kind === 'string' ? kind.toLowerCase() : undefined),
  listKind: ({ kind }: JsonRecord) => (typeof kind === 'string' ? `${kind}List` : undefined),
};

/** The structure with the defaults of its type; what lies deeper is left to the structures there. */
export function withDefaults(key: string, fields: ReadonlyMap<string, Field>, object: JsonRecord): JsonRecord {
  let filled = object;
  for (const [rule, value] of Object.entries(defaults[key] ?? {})) {
    const path = rule.replace(/^=/, '').split('.');
    if (!rule.startsWith('=') && !isMissing(fields, path, filled)) continue;
    const found = isSource(value) ? read(value, filled) : value;
    if (found !== undefined || rule.startsWith('=')) filled = withPath(filled, path, found);
  }
  return filled;
}

function isSource(value: unknown): value is Source {
  return isRecord(value) && ('$if' in value || '$from' in value || '$by' in value);
}

function read({ $from, $by, $if, $in, $then, $else }: Source, object: JsonRecord): unknown {
  if ($by !== undefined) return functions[$by](object);
  if ($if !== undefined) {
    const value = at(object, ...$if.split('.'));
    const holds = $in === undefined ? !isEmpty(value) : $in.includes(value);
    if (!holds) return $else;
  }
  return $from === undefined ? $then : at(object, ...$from.split('.')) || undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Whether a field holds what Go takes for nothing: of a pointer only null, otherwise also the zero value. */
function isMissing(fields: ReadonlyMap<string, Field>, [name = '', ...rest]: string[], object: unknown): boolean {
  const value = at(object, name);
  if (value === undefined || value === null) return true;
  const type = fields.get(name)?.type;
  const structure: Type | undefined = type?.kind === 'pointer' ? type.of : type;
  if (rest.length > 0) return structure?.kind === 'struct' && isMissing(fieldsOf(structure.key), rest, value);
  if (type?.kind === 'pointer') return false;
  return isEmpty(value) || value === 0 || (type?.kind === 'map' && isRecord(value) && Object.keys(value).length === 0);
}

/** Whether an image's reference means the newest: by its tag, or because it names neither tag nor digest. */
function isLatest(image: unknown): boolean {
  if (typeof image !== 'string' || image === '') return false;
  const [, tag, digest] = /(?::([\w][\w.-]*))?(@[^/]*)?$/.exec(image) ?? [];
  return tag === undefined ? digest === undefined : tag === 'latest';
}

/** Of a pod, not of a template: what is limited and not asked for is asked for to its limit. */
function withRequests(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((one: unknown) => {
    const limits = at(one, 'resources', 'limits');
    if (!isRecord(one) || !isRecord(limits)) return one;
    return withPath(one, ['resources', 'requests'], { ...limits, ...recordAt(one, 'resources', 'requests') });
  });
}
