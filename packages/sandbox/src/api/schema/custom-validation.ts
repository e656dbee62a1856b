import { equal, isRecord, listAt, recordAt } from '../json.ts';
import type { JsonRecord } from '../json.ts';
import type { FieldError } from '../status.ts';
import { shown, tooLong } from './names.ts';
import type { Schema } from './custom.ts';
import { propertyOf, schemaAt } from './custom.ts';

/**
 * What a schema has against a custom resource, in the words of the API server's validator. As there, what an update does
 * not change is not held against it. Checked is what the definitions use that anybody here installs; left out are rules in CEL
 * (`x-kubernetes-validations`), combinations of schemas (`oneOf` and the like; `anyOf` says again what an int-or-string is),
 * numbers of properties, multiples, and the formats beyond those of `formats`.
 */
export function schemaErrors(schema: Schema, value: unknown, before?: unknown): FieldError[] {
  return [...validate(schema, value, '', before), ...duplicates(schema, value, '')];
}

function validate(schema: Schema, value: unknown, path: string, before: unknown): FieldError[] {
  if (before !== undefined && equal(before, value)) return [];
  const type = typeError(schema, value);
  const at = path === '' ? '' : `${path} `;
  const errors: FieldError[] = [];
  const wrong = (what: string, said: unknown = value): void => {
    errors.push({ field: path, reason: 'FieldValueInvalid', message: `Invalid value: ${shown(said)}: ${at}in body ${what}` });
  };
  if (type !== undefined)
    errors.push({
      field: path,
      reason: 'FieldValueTypeInvalid',
      message: `Invalid value: "${type.found}": ${at}in body must be of type ${type.wanted}: "${type.found}"`,
    });
  if (typeof value === 'string') text(schema, value, path, wrong, errors);
  if (typeof value === 'number') number(schema, value, wrong);
  if (Array.isArray(value)) {
    const items = schemaAt(schema, 'items');
    if (items) errors.push(...value.flatMap((item, index) => validate(items, item, `${path}[${index}]`, undefined)));
    if (Number(schema.minItems ?? 0) > value.length) wrong(`should have at least ${Number(schema.minItems)} items`, value.length);
    tooMany(schema.maxItems, value.length, path, errors);
  }
  if (Array.isArray(schema.enum) && !schema.enum.some((allowed) => equal(allowed, value))) {
    const values = schema.enum.map((allowed) => JSON.stringify(typeof allowed === 'string' ? allowed : JSON.stringify(allowed)));
    const message = `Unsupported value: ${shown(value)}: supported values: ${values.join(', ')}`;
    errors.push({ field: path, reason: 'FieldValueNotSupported', message });
  }
  if (isRecord(value)) errors.push(...record(schema, value, path, before));
  return errors;
}

type Wrong = (what: string, said?: unknown) => void;

function record(schema: Schema, value: JsonRecord, path: string, before: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const [name, child] of Object.entries(value)) {
    const property = propertyOf(schema, name) ?? schemaAt(schema, 'additionalProperties');
    if (property) errors.push(...validate(property, child, below(name), isRecord(before) ? before[name] : undefined));
  }
  for (const name of listAt(schema, 'required'))
    if (typeof name === 'string' && !Object.hasOwn(value, name))
      errors.push({ field: below(name), reason: 'FieldValueRequired', message: 'Required value' });
  return errors;
}

function typeError(schema: Schema, value: unknown): { wanted: string; found: string } | undefined {
  const wanted =
    schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : typeof schema.type === 'string' ? [schema.type] : [];
  if (wanted.length === 0) return undefined;
  const found = typeOf(value);
  if (value === null) return schema.nullable === true ? undefined : { wanted: wanted.join(','), found };
  if (wanted.includes(found) || (found === 'integer' && wanted.includes('number'))) return undefined;
  return { wanted: wanted.join(','), found };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}

const formats: Record<string, (text: string) => boolean> = {
  datetime: (text) => /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: (text) => /^-?(\d+(\.\d*)?\s*(ns|us|µs|ms|s|m|h|d|w|[a-z]+)\s*)+$/.test(text),
  byte: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
};

function text(schema: Schema, value: string, path: string, wrong: Wrong, errors: FieldError[]): void {
  const length = [...value].length;
  if (length > Number(schema.maxLength ?? Infinity))
    errors.push({ field: path, reason: 'FieldValueTooLong', message: tooLong(Number(schema.maxLength)) });
  else if (length < Number(schema.minLength ?? 0)) wrong(`should be at least ${Number(schema.minLength)} chars long`);
  else if (typeof schema.pattern === 'string' && schema.pattern !== '' && !expression(schema.pattern).test(value))
    wrong(`should match '${schema.pattern}'`);
  const format = typeof schema.format === 'string' ? formats[schema.format.replaceAll('-', '')] : undefined;
  if (format !== undefined && !format(value)) {
    const message = `Invalid value: ${shown(value)}: ${path} in body must be of type ${String(schema.format)}: ${shown(value)}`;
    errors.push({ field: path, reason: 'FieldValueTypeInvalid', message });
  }
}

/** Go's expressions know flags at the beginning, and are otherwise near enough to ours. */
function expression(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  return new RegExp(rest, `${flags}u`);
}

function number(schema: Schema, value: number, wrong: Wrong): void {
  const { maximum, minimum } = schema;
  if (typeof minimum === 'number' && value < minimum) wrong(`should be greater than or equal to ${minimum}`);
  if (typeof maximum === 'number' && value > maximum) wrong(`should be less than or equal to ${maximum}`);
}

function tooMany(most: unknown, size: number, field: string, errors: FieldError[]): void {
  if (typeof most !== 'number' || size <= most) return;
  errors.push({
    field,
    reason: 'FieldValueTooMany',
    message: `Too many: ${size}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`,
  });
}

/** Lists that are maps or sets hold everything once. */
function duplicates(schema: Schema, value: unknown, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const keys = schema['x-kubernetes-list-type'] === 'map' ? listAt(schema, 'x-kubernetes-list-map-keys') : undefined;
    const identity = (item: unknown): unknown =>
      keys === undefined
        ? item
        : Object.fromEntries(
            keys.filter((key) => isRecord(item) && String(key) in item).map((key) => [key, recordAt({ item }, 'item')[String(key)]]),
          );
    const seen = value.map((item) => JSON.stringify(identity(item)));
    const items = schemaAt(schema, 'items');
    const unique = keys !== undefined || schema['x-kubernetes-list-type'] === 'set';
    return [
      // Only the first of those that come again.
      ...seen.flatMap((text, index): FieldError[] =>
        unique && seen.slice(0, index).filter((other) => other === text).length === 1
          ? [{ field: `${path}[${index}]`, reason: 'FieldValueDuplicate', message: `Duplicate value: ${text}` }]
          : [],
      ),
      ...(items ? value.flatMap((item, index) => duplicates(items, item, `${path}[${index}]`)) : []),
    ];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const property = propertyOf(schema, name) ?? schemaAt(schema, 'additionalProperties');
    return property ? duplicates(property, child, path === '' ? name : `${path}.${name}`) : [];
  });
}
