import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { equal, isRecord, listAt, mergePatch, without } from './json.ts';
import type { JsonRecord } from './json.ts';
import { ApiError, badRequest } from './status.ts';
import type { Type } from './schema/fields.ts';
import { fieldIn, typeOf } from './schema/fields.ts';
import { strategicMerge } from './strategic.ts';

/**
 * Server-side apply. A manager owns the fields it applied (`fieldsV1` in `managedFields`): what it leaves out the next
 * time is removed, unless another applier owns it too; what another applier owns with another value is a conflict.
 * Fields set by plain updates have no owner here, so they never conflict.
 */
export interface ApplyOptions {
  manager: string;
  force: boolean;
  now: string;
  /** Of a built-in kind, whose lists may have keys; in custom resources lists are one value. */
  type: Type | undefined;
}

const objectMeta = typeOf('ObjectMeta');

interface Managed {
  manager: string;
  operation: string;
  fieldsV1: JsonRecord;
}

export function applyConfiguration(current: KubeObject | undefined, body: KubeObject, options: ApplyOptions): KubeObject {
  if (body.metadata.managedFields !== undefined && body.metadata.managedFields !== null)
    throw badRequest('metadata.managedFields must be nil');
  const { apiVersion, kind, metadata } = body;
  const { name, namespace, resourceVersion } = metadata;
  const meta = without(metadata, 'name', 'namespace', 'resourceVersion', 'uid', 'creationTimestamp', 'managedFields');
  const content = without(body, 'apiVersion', 'kind', 'metadata');
  const hasMeta = Object.keys(meta).length > 0;
  const intent: JsonRecord = { ...content, ...(hasMeta && { metadata: meta }) };
  const fields = { ...fieldsOf(content, options.type), ...(hasMeta && { 'f:metadata': fieldsOf(meta, objectMeta) }) };
  const entries = listAt(current, 'metadata', 'managedFields').filter(isRecord) as unknown as Managed[];
  const isMine = (entry: Managed): boolean => entry.manager === options.manager && entry.operation === 'Apply';
  const others = entries.filter((entry) => !isMine(entry));
  const appliers = others.filter((entry) => entry.operation === 'Apply' && isRecord(entry.fieldsV1));
  const conflicts = current === undefined ? [] : appliers.flatMap((entry) => disputes(entry, current, intent));
  if (conflicts.length > 0 && !options.force) throw conflictOf(conflicts);
  const previous = entries.find(isMine)?.fieldsV1;
  const dropped = previous === undefined ? {} : appliers.reduce((left, entry) => minus(left, entry.fieldsV1), minus(previous, fields));
  const pruned = current === undefined ? {} : (removeFields(current, dropped) as JsonRecord);
  const merged = (options.type ? strategicMerge(options.type, pruned, content) : mergePatch(pruned, content)) as JsonRecord;
  const mine = {
    manager: options.manager,
    operation: 'Apply',
    apiVersion: body.apiVersion,
    time: options.now,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  };
  // Who owns nothing any more is no manager.
  const kept = others.map((entry) => withoutConflicts(entry, conflicts)).filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  const unchanged = entries.find((entry) => isMine(entry) && equal(entry.fieldsV1, fields));
  return {
    ...merged,
    apiVersion,
    kind,
    metadata: {
      ...(strategicMerge(objectMeta, pruned.metadata, meta) as JsonRecord),
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      managedFields: [...kept, unchanged ?? mine],
    },
  };
}

/** The set of fields in a value, in the notation of `fieldsV1`. */
function fieldsOf(value: unknown, type: Type | undefined): JsonRecord {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => {
      const field = fieldIn(type, name);
      if (!Array.isArray(child)) return [`f:${name}`, fieldsOf(child, field?.type)];
      if (field?.keys === undefined) return [`f:${name}`, {}];
      return [`f:${name}`, Object.fromEntries(child.map((item: unknown) => itemOf(item, field.keys!, field.type)))];
    }),
  );
}

function itemOf(item: unknown, keys: readonly string[], list: Type): [string, JsonRecord] {
  if (keys.length === 0 || !isRecord(item)) return [`v:${JSON.stringify(item)}`, {}];
  const key = Object.fromEntries(keys.filter((name) => name in item).map((name) => [name, item[name]]));
  return [`k:${JSON.stringify(key)}`, { '.': {}, ...fieldsOf(item, list.kind === 'list' ? list.of : undefined) }];
}

function minus(left: JsonRecord, right: JsonRecord): JsonRecord {
  const rest = Object.entries(left).flatMap(([field, child]): [string, unknown][] => {
    const other = right[field];
    if (!isRecord(other)) return [[field, child]];
    const inner = minus(child as JsonRecord, other);
    return Object.keys(inner).length === 0 ? [] : [[field, inner]];
  });
  return Object.fromEntries(rest);
}

function matches(part: string, item: unknown): boolean {
  if (part.startsWith('v:')) return equal(JSON.parse(part.slice(2)), item);
  const key = JSON.parse(part.slice(2)) as JsonRecord;
  return isRecord(item) && Object.entries(key).every(([field, value]) => equal(item[field], value));
}

/** The value without the leaves of a field set, and without the maps that this leaves empty. */
function removeFields(value: unknown, fields: JsonRecord): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown): unknown[] => {
      const part = Object.keys(fields).find((name) => matches(name, item));
      if (part === undefined) return [item];
      const inner = fields[part] as JsonRecord;
      return inner['.'] !== undefined || Object.keys(inner).length === 0 ? [] : [removeFields(item, inner)];
    });
  }
  if (!isRecord(value)) return value;
  const result: JsonRecord = { ...value };
  for (const [part, inner] of Object.entries(fields)) {
    const field = part.slice(2);
    if (!part.startsWith('f:') || !(field in result)) continue;
    if (Object.keys(inner as JsonRecord).length === 0) delete result[field];
    else {
      const rest = removeFields(result[field], inner as JsonRecord);
      const empty = Array.isArray(rest) ? rest.length === 0 : isRecord(rest) && Object.keys(rest).length === 0;
      if (empty) delete result[field];
      else result[field] = rest;
    }
  }
  return result;
}

interface Dispute {
  manager: string;
  path: string[];
}

/** Fields of another applier that the intent wants to have another value. */
function disputes({ manager, fieldsV1 }: Managed, current: unknown, intent: unknown): Dispute[] {
  const walk = (fields: JsonRecord, now: unknown, wanted: unknown, path: string[]): Dispute[] => {
    const parts = Object.entries(fields).filter(([part]) => part !== '.');
    if (parts.length === 0) return equal(now, wanted) ? [] : [{ manager, path }];
    return parts.flatMap(([part, inner]) => {
      const pick = (value: unknown): unknown => {
        if (part.startsWith('f:')) return isRecord(value) ? value[part.slice(2)] : undefined;
        return Array.isArray(value) ? value.find((item) => matches(part, item)) : undefined;
      };
      const next = pick(wanted);
      return next === undefined ? [] : walk(inner as JsonRecord, pick(now), next, [...path, part]);
    });
  };
  return walk(fieldsV1, current, intent, []);
}

function withoutConflicts(entry: Managed, conflicts: Dispute[]): Managed {
  const lost = conflicts.filter((conflict) => conflict.manager === entry.manager);
  const drop = (fields: JsonRecord, [part, ...rest]: string[]): JsonRecord => {
    if (part === undefined || !isRecord(fields[part])) return fields;
    const { [part]: inner, ...others } = fields;
    const left = rest.length === 0 ? {} : drop(inner as JsonRecord, rest);
    return Object.keys(left).length === 0 ? others : { ...others, [part]: left };
  };
  return { ...entry, fieldsV1: lost.reduce((fields, conflict) => drop(fields, conflict.path), entry.fieldsV1) };
}

function conflictOf(conflicts: Dispute[]): ApiError {
  const said = (path: string[]): string =>
    path.map((part) => (part.startsWith('f:') ? `.${part.slice(2)}` : `[${part.slice(2)}]`)).join('');
  const managers = [...new Set(conflicts.map((conflict) => conflict.manager))].map((manager) => `"${manager}"`).join(', ');
  const fields = conflicts.map((conflict) => said(conflict.path));
  const count = fields.length === 1 ? '1 conflict' : `${fields.length} conflicts`;
  const text = fields.length === 1 ? `: ${fields[0]}` : `:\n${fields.map((field) => `- ${field}`).join('\n')}`;
  return new ApiError(
    409,
    'Conflict',
    `Apply failed with ${count}: ${fields.length === 1 ? 'conflict' : 'conflicts'} with ${managers}${text}`,
    {
      causes: conflicts.map(({ manager, path }) => ({
        reason: 'FieldManagerConflict',
        message: `conflict with "${manager}"`,
        field: said(path),
      })),
    },
  );
}
