import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, recordAt } from '../json.ts';
import type { JsonRecord } from '../json.ts';
import { readBuiltIn } from './built-in.ts';
import { typeOf } from './fields.ts';

/** A structural schema, as a CustomResourceDefinition holds it. */
export type Schema = JsonRecord;

const metaFields = ['apiVersion', 'kind', 'metadata'];

/**
 * A custom resource as the API server holds it once it is decoded: what its schema does not name is gone and listed
 * (apiextensions' pruning), nulls are gone where they are not allowed, defaults are filled in. Throws Unreadable where
 * the metadata does not fit.
 */
export function readCustom(schema: Schema | undefined, object: KubeObject): { object: KubeObject; unknown: string[] } {
  const unknown: string[] = [];
  const root = { ...(schema ?? { 'x-kubernetes-preserve-unknown-fields': true }), 'x-kubernetes-embedded-resource': true };
  const pruned = prune(object, root, '', unknown);
  return { object: withDefaults(pruned, root) as KubeObject, unknown: unknown.sort() };
}

export function propertyOf(schema: Schema, name: string): Schema | undefined {
  const properties = recordAt(schema, 'properties');
  const found = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isRecord(found) ? found : undefined;
}

export function schemaAt(schema: Schema, name: 'additionalProperties' | 'items'): Schema | undefined {
  const found = schema[name];
  return isRecord(found) ? found : undefined;
}

/** `schema` undefined: nothing is allowed here but what is no object. */
function prune(value: unknown, schema: Schema | undefined, path: string, unknown: string[]): unknown {
  const open = schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (Array.isArray(value))
    return open ? value : value.map((item, index) => prune(item, schema && schemaAt(schema, 'items'), `${path}[${index}]`, unknown));
  if (!isRecord(value)) return value;
  const embedded = schema?.['x-kubernetes-embedded-resource'] === true;
  const result: JsonRecord = {};
  for (const [name, child] of Object.entries(value)) {
    const here = path === '' ? name : `${path}.${name}`;
    const property = schema && propertyOf(schema, name);
    if (embedded && metaFields.includes(name)) result[name] = name === 'metadata' ? metadata(child, here, unknown) : child;
    else if (property !== undefined) result[name] = prune(child, property, here, unknown);
    else if (schema?.additionalProperties) result[name] = prune(child, schemaAt(schema, 'additionalProperties'), here, unknown);
    else if (open) result[name] = child;
    else unknown.push(here);
  }
  return result;
}

function metadata(value: unknown, path: string, unknown: string[]): unknown {
  if (!isRecord(value)) return value;
  const read = readBuiltIn(typeOf('ObjectMeta'), value);
  unknown.push(...read.unknown.map((name) => `${path}.${name}`));
  return read.object;
}

/** With defaults, and without the nulls that are not allowed. */
function withDefaults(value: unknown, schema: Schema | undefined): unknown {
  if (schema === undefined) return value;
  const given = (child: unknown, of: Schema | undefined): unknown => {
    const absent = child === undefined || (child === null && of?.nullable !== true);
    return withDefaults(absent && of !== undefined ? structuredClone(of.default) : child, of);
  };
  if (Array.isArray(value)) return value.map((item: unknown) => given(item, schemaAt(schema, 'items')) ?? item);
  if (!isRecord(value)) return value;
  const result: JsonRecord = {};
  for (const name of new Set([...Object.keys(value), ...Object.keys(recordAt(schema, 'properties'))])) {
    const child = given(value[name], propertyOf(schema, name) ?? schemaAt(schema, 'additionalProperties'));
    if (child !== undefined) result[name] = child;
  }
  return result;
}
