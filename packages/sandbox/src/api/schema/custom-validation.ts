import { equal, isRecord, listAt } from '../json.ts';
import type { JsonRecord } from '../json.ts';
import type { Checks } from './checks.ts';
import type { Schema } from './custom.ts';
import { propertyOf, schemaAt } from './custom.ts';

/**
 * What a schema has against a custom resource, in the words of the API server's validator. As there, what an update does
 * not change is not held against it. Checked is what the definitions use that anybody here installs; left out are rules in CEL
 * (`x-kubernetes-validations`), combinations of schemas (`oneOf` and the like; `anyOf` says again what an int-or-string is),
 * numbers of properties, multiples, and the formats beyond those of `formats`.
 */
export function checkSchema(schema: Schema, value: unknown, checks: Checks, before?: unknown): void {
  validate(schema, value, '', before, checks);
  duplicates(schema, value, '', checks);
}

function validate(schema: Schema, value: unknown, path: string, before: unknown, checks: Checks): void {
  if (before !== undefined && equal(before, value)) return;
  const wrong = (what: string, said: unknown = value): void => checks.invalid(path, said, `${path} in body ${what}`.trimStart());
  const { enum: values, minItems = 0, maxItems = Infinity, minimum = -Infinity, maximum = Infinity } = schema;
  checkType(schema, value, path, checks);
  if (typeof value === 'string') text(schema, value, path, checks);
  if (typeof value === 'number' && value < Number(minimum)) wrong(`should be greater than or equal to ${Number(minimum)}`);
  if (typeof value === 'number' && value > Number(maximum)) wrong(`should be less than or equal to ${Number(maximum)}`);
  if (Array.isArray(value)) {
    const items = schemaAt(schema, 'items');
    if (items) value.forEach((item, index) => validate(items, item, `${path}[${index}]`, undefined, checks));
    if (value.length < Number(minItems)) wrong(`should have at least ${Number(minItems)} items`, value.length);
    if (value.length > Number(maxItems)) checks.tooMany(path, value.length, Number(maxItems));
  }
  if (Array.isArray(values) && !values.some((allowed) => equal(allowed, value)))
    checks.notOneOf(
      path,
      value,
      values.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed))),
    );
  if (isRecord(value)) record(schema, value, path, before, checks);
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function record(schema: Schema, value: JsonRecord, path: string, before: unknown, checks: Checks): void {
  for (const [name, child] of Object.entries(value)) {
    const property = propertyOf(schema, name) ?? schemaAt(schema, 'additionalProperties');
    if (property) validate(property, child, below(path, name), isRecord(before) ? before[name] : undefined, checks);
  }
  for (const name of listAt(schema, 'required'))
    if (typeof name === 'string' && !Object.hasOwn(value, name)) checks.required(below(path, name));
}

function checkType(schema: Schema, value: unknown, path: string, checks: Checks): void {
  const wanted =
    schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : typeof schema.type === 'string' ? [schema.type] : [];
  const found = typeOf(value);
  if (wanted.length === 0 || wanted.includes(found) || (found === 'integer' && wanted.includes('number'))) return;
  if (value === null && schema.nullable === true) return;
  checks.typeInvalid(path, found, `${path} in body must be of type ${wanted.join(',')}: "${found}"`.trimStart());
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

function text({ minLength = 0, maxLength = Infinity, pattern, format }: Schema, value: string, path: string, checks: Checks): void {
  const length = [...value].length;
  const inBody = `${path} in body`;
  if (length > Number(maxLength)) checks.tooLong(path, Number(maxLength));
  else if (length < Number(minLength)) checks.invalid(path, value, `${inBody} should be at least ${Number(minLength)} chars long`);
  else if (typeof pattern === 'string' && pattern !== '' && !expression(pattern).test(value))
    checks.invalid(path, value, `${inBody} should match '${pattern}'`);
  const holds = typeof format === 'string' ? formats[format.replaceAll('-', '')] : undefined;
  if (holds?.(value) === false) checks.typeInvalid(path, value, `${inBody} must be of type ${String(format)}: ${JSON.stringify(value)}`);
}

/** Go's expressions know flags at the beginning, and are otherwise near enough to ours. */
function expression(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  return new RegExp(rest, `${flags}u`);
}

/** Lists that are maps or sets hold everything once; told is only the first of those that come again. */
function duplicates(schema: Schema, value: unknown, path: string, checks: Checks): void {
  if (Array.isArray(value)) {
    const kind = schema['x-kubernetes-list-type'];
    const keys = listAt(schema, 'x-kubernetes-list-map-keys').map(String);
    const identity = (item: unknown): unknown =>
      kind === 'map' && isRecord(item) ? Object.fromEntries(keys.filter((key) => key in item).map((key) => [key, item[key]])) : item;
    const seen = value.map((item) => JSON.stringify(identity(item)));
    if (kind === 'map' || kind === 'set')
      seen.forEach((one, index) => {
        if (seen.slice(0, index).filter((other) => other === one).length === 1)
          checks.duplicate(`${path}[${index}]`, identity(value[index]));
      });
    const items = schemaAt(schema, 'items');
    if (items) value.forEach((item, index) => duplicates(items, item, `${path}[${index}]`, checks));
  } else if (isRecord(value))
    for (const [name, child] of Object.entries(value)) {
      const property = propertyOf(schema, name) ?? schemaAt(schema, 'additionalProperties');
      if (property) duplicates(property, child, below(path, name), checks);
    }
}
