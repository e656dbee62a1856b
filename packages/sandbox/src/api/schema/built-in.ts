import { isRecord } from '../json.ts';
import type { JsonRecord } from '../json.ts';
import { withDefaults } from './defaults.ts';
import type { Field, Type } from './fields.ts';
import { fieldsOf } from './fields.ts';
import { canonicalQuantity } from './quantity.ts';

/** Go's sentence about a value that does not fit into its field. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Where in the object, and in which structure: what Go's sentences name. */
interface Place {
  /** With positions: `spec.containers[0].image`. */
  path: string;
  /** Without them. */
  trail: string;
  /** Name of the structure that the field belongs to. */
  within: string;
}

/**
 * The object as the API server holds it once it is decoded: unknown fields are gone and listed, nulls and what is empty
 * are gone or written as Go writes them, quantities and times have their one form, defaults are filled in. Fields are
 * told apart by case; that one stands twice in the JSON is not noticed. Throws Unreadable.
 */
export function readBuiltIn(type: Type, object: JsonRecord): { object: JsonRecord; unknown: string[] } {
  const unknown: string[] = [];
  const value = read(type, object, { path: '', trail: '', within: '' }, unknown);
  return { object: value as JsonRecord, unknown };
}

function read(type: Type, value: unknown, place: Place, unknown: string[]): unknown {
  switch (type.kind) {
    case 'pointer':
      return read(type.of, value, place, unknown);
    case 'struct':
      return structure(type, value ?? {}, place, unknown);
    case 'list':
      if (!Array.isArray(value)) throw misfit(type, value, place);
      return value.map((each, index) => item(type.of, each, { ...place, path: `${place.path}[${index}]` }, unknown));
    case 'map': {
      if (!isRecord(value)) throw misfit(type, value, place);
      const entries = Object.entries(value).map(([key, each]) => [
        key,
        item(type.of, each, { ...place, path: `${place.path}.${key}` }, unknown),
      ]);
      return Object.fromEntries(entries);
    }
    default:
      return scalar(type, value, place);
  }
}

function item(type: Type, value: unknown, place: Place, unknown: string[]): unknown {
  return value === null || value === undefined ? zero(type) : read(type, value, place, unknown);
}

function structure(type: Type & { kind: 'struct' }, value: unknown, place: Place, unknown: string[]): JsonRecord {
  if (!isRecord(value)) throw misfit(type, value, place);
  const fields = fieldsOf(type.key);
  const below = (name: string, text: string): string => (text === '' ? name : `${text}.${name}`);
  const within = type.name.replace(/^.*\./, '');
  const filled = withDefaults(type.key, fields, value);
  const written: JsonRecord = {};
  const write = (field: Field): void => {
    const here = { path: below(field.name, place.path), trail: below(field.name, place.trail), within };
    written[field.name] = writtenField(field, filled[field.name], here, unknown);
  };
  // In the order of the document, because the first field that does not fit is the one that is told.
  for (const name of Object.keys(filled)) {
    const field = fields.get(name);
    if (field === undefined) unknown.push(below(name, place.path));
    else write(field);
  }
  const result: JsonRecord = {};
  for (const field of fields.values()) {
    if (!(field.name in written)) write(field);
    if (written[field.name] !== undefined) result[field.name] = written[field.name];
  }
  return result;
}

/** Undefined when Go leaves the field out of the JSON. */
function writtenField({ type, always, omitZero }: Field, value: unknown, place: Place, unknown: string[]): unknown {
  const absent = value === null || value === undefined;
  if (type.kind === 'pointer') return absent ? (always ? null : undefined) : read(type, value, place, unknown);
  // A structure is never empty to Go.
  const solid = ['struct', 'time', 'microTime', 'duration', 'quantity', 'intOrString', 'raw'].includes(type.kind);
  const result = absent && type.kind !== 'struct' ? zero(type) : read(type, value, place, unknown);
  if (solid) return omitZero && isEmpty(result) ? undefined : result;
  return always || !isEmpty(result) ? result : undefined;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) ? Object.keys(value).length === 0 : !value;
}

function zero(type: Type): unknown {
  switch (type.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
    case 'float':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'duration':
      return '0s';
    case 'struct':
      return read(type, {}, { path: '', trail: '', within: '' }, []);
    default:
      return null;
  }
}

function scalar(type: Type, value: unknown, place: Place): unknown {
  switch (type.kind) {
    case 'string':
      if (typeof value === 'string') return value;
      break;
    case 'bool':
      if (typeof value === 'boolean') return value;
      break;
    case 'float':
      if (typeof value === 'number') return value;
      break;
    case 'int': {
      const largest = type.name === 'int32' ? 2 ** 31 : 2 ** 63;
      if (typeof value === 'number' && Number.isInteger(value) && value < largest && value >= -largest) return value;
      break;
    }
    case 'bytes':
      if (typeof value === 'string') return base64(value);
      break;
    case 'quantity': {
      const text = typeof value === 'number' || typeof value === 'string' ? canonicalQuantity(String(value)) : undefined;
      if (text !== undefined) return text;
      throw new Unreadable("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    case 'intOrString':
      if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return value;
      throw misfit({ kind: 'int', name: 'int32' }, value, place);
    case 'time':
    case 'microTime':
    case 'duration':
      if (typeof value !== 'string') throw new Unreadable(`json: cannot unmarshal ${kindOf(value)} into Go value of type string`);
      return type.kind === 'duration' ? value : time(value, type.kind === 'microTime');
    default:
      return value;
  }
  throw misfit(type, value, place);
}

function misfit(type: Type, value: unknown, { trail, within }: Place): Unreadable {
  const what = type.kind === 'int' && typeof value === 'number' ? `number ${value}` : kindOf(value);
  const where = within === '' ? 'Go value' : `Go struct field ${within}.${trail}`;
  return new Unreadable(`json: cannot unmarshal ${what} into ${where} of type ${type.name}`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function base64(text: string): string {
  const compact = text.replaceAll(/[\r\n]/g, '');
  const valid = /^[A-Za-z0-9+/]*={0,2}/.exec(compact)![0].length;
  if (valid < compact.length || compact.length % 4 !== 0) throw new Unreadable(`illegal base64 data at input byte ${valid - (valid % 4)}`);
  return compact;
}

/** RFC 3339 in whole seconds of UTC, or with all six digits of microseconds. */
function time(text: string, micro: boolean): string {
  const [, fraction = ''] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || !/^\d{4}-\d\d-\d\dT/.test(text)) {
    const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
    throw new Unreadable(`parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(text)} as "2006"`);
  }
  const seconds = date.toISOString().slice(0, 19);
  return micro ? `${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}Z` : `${seconds}Z`;
}
