import data from '../../../data/fields.json' with { type: 'json' };

/** A Go type as far as its JSON goes. `name` is what Go calls it: `int32`, `v1.PodSpec`, `map[string]string`. */
export type Type =
  | { kind: Scalar; name: string }
  | { kind: 'pointer' | 'list' | 'map'; of: Type; name: string }
  /** `key` finds its fields. */
  | { kind: 'struct'; key: string; name: string };

const scalars = ['string', 'bool', 'int', 'float', 'bytes', 'time', 'microTime', 'duration', 'quantity', 'intOrString', 'raw'] as const;
export type Scalar = (typeof scalars)[number];

/** One field of a structure, as `data/fields.json` tells it (the notation: `fieldsOf` in test/cluster/tools/fields). */
export interface Field {
  name: string;
  type: Type;
  /** Field number of the protobuf message; of one inside another message, that one's number comes first. */
  numbers: number[];
  /** Written even when it is zero. */
  always: boolean;
  required: boolean;
  omitZero: boolean;
  /** Fields that identify an item of the list; none: the items are a set. */
  keys?: string[];
  /** What strategic merge patches identify an item by; empty: the items are a set. */
  mergeKey?: string;
  values?: string[];
}

const types: Record<string, string> = data.types;
const kinds: Record<string, string> = data.kinds;
const known = new Map<string, Type>();
const structures = new Map<string, ReadonlyMap<string, Field>>();

/** The structure of a built-in kind; undefined for one that the data does not know. */
export function structureOf(apiVersion: string, kind: string): Type | undefined {
  const key = kinds[`${apiVersion} ${kind}`] ?? kind;
  return Object.hasOwn(types, key) ? typeOf(key) : undefined;
}

export function typeOf(text: string): Type {
  const found = known.get(text) ?? parse(text);
  known.set(text, found);
  return found;
}

function parse(text: string): Type {
  const [, prefix, rest = ''] = /^(\*|\[\]|\{\})?(.+)$/.exec(text) ?? [];
  if (prefix === undefined) return named(text);
  const of = typeOf(rest);
  // What Go complains about is never the pointer.
  if (prefix === '*') return { kind: 'pointer', of, name: of.name };
  return prefix === '[]' ? { kind: 'list', of, name: `[]${of.name}` } : { kind: 'map', of, name: `map[string]${of.name}` };
}

function named(text: string): Type {
  if (/^int\d+$/.test(text)) return { kind: 'int', name: text };
  if (/^float\d+$/.test(text)) return { kind: 'float', name: text };
  if (scalars.some((scalar) => scalar === text)) return { kind: text as Scalar, name: text === 'bytes' ? '[]uint8' : text };
  const name = /^(v\d|types)\./.test(text) ? text : `v1.${text.replace(/^.*\./, '')}`;
  const definition = types[text] ?? '';
  if (definition === '' || definition.includes(':') || definition.startsWith('...')) return { kind: 'struct', key: text, name };
  return { ...typeOf(definition), name };
}

/** The fields of a structure by name, in the order of its declaration. */
export function fieldsOf(key: string): ReadonlyMap<string, Field> {
  const found = structures.get(key) ?? read(key);
  structures.set(key, found);
  return found;
}

/** A field of a structure, or of what a pointer leads to. */
export function fieldIn(type: Type | undefined, name: string): Field | undefined {
  if (type?.kind === 'pointer') return fieldIn(type.of, name);
  return type?.kind === 'struct' ? fieldsOf(type.key).get(name) : undefined;
}

const row = /^([^:]+):([^#!+~@/=]+)(?:#(\d+))?(!?)(\+?)(~?)(?:@([\w,]*))?(?:\/(\w*))?(?:=(.*))?$/;

function read(key: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const text of (types[key] ?? '').split(' ').filter(Boolean)) {
    const [, inner, outer] = /^\.\.\.([^#]+)(?:#(\d+))?$/.exec(text) ?? [];
    if (inner !== undefined) {
      // What stands in no message (`kind`, `apiVersion`) comes another way.
      for (const field of fieldsOf(inner).values())
        fields.set(field.name, { ...field, numbers: outer === undefined ? [] : [Number(outer), ...field.numbers] });
      continue;
    }
    const [, name = '', type = '', number, always, required, zero, keys, mergeKey, values] = row.exec(text) ?? [];
    fields.set(name, {
      name,
      type: typeOf(type),
      numbers: number === undefined ? [] : [Number(number)],
      always: always !== '',
      required: required !== '',
      omitZero: zero !== '',
      ...(keys !== undefined && { keys: keys.split(',').filter(Boolean) }),
      ...(mergeKey !== undefined && { mergeKey }),
      ...(values !== undefined && { values: values.split(',') }),
    });
  }
  return fields;
}
