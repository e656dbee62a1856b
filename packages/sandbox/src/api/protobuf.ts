import type { JsonRecord } from './json.ts';
import { fieldsOf, structureOf } from './schema/fields.ts';
import type { Field as Known, Type } from './schema/fields.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

/** One field as it stands on the wire: a number, or bytes. */
interface Field {
  number: number;
  value: bigint | Uint8Array;
}

const magic = [0x6b, 0x38, 0x73, 0x00]; // "k8s\0"
const utf8 = new TextDecoder();

/**
 * A Kubernetes object sent as `application/vnd.kubernetes.protobuf`, by the types of `data/fields.json`. A kind or a
 * field that is not there is answered 415, because leaving it out would lose what the client sent.
 */
export function decodeProtobuf(bytes: Uint8Array): JsonRecord {
  if (magic.some((byte, index) => bytes[index] !== byte)) throw badRequest('the body is not a Kubernetes protobuf message');
  const envelope = byNumber(fields(bytes.subarray(4)));
  const [apiVersion = '', kind = ''] = [1, 2].map((number) => textOf(byNumber(fields(bytesOf(envelope[1])))[number]));
  const type = structureOf(apiVersion, kind);
  if (type?.kind !== 'struct')
    throw unsupportedMediaType(`the sandbox does not read ${apiVersion} ${kind} as protobuf: send application/json`);
  return { ...decode([...fieldsOf(type.key).values()], bytesOf(envelope[2]), kind), kind, apiVersion };
}

function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[offset++];
      if (byte === undefined || shift > 63n) throw badRequest('the protobuf message is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (offset + length > bytes.length) throw badRequest('the protobuf message is cut off');
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  while (offset < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire === 3 || wire === 4 || wire > 5) throw badRequest('the protobuf message is not well-formed');
    const value = wire === 0 ? varint() : take(wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4);
    found.push({ number: tag >> 3, value });
  }
  return found;
}

/** Of a field that is there several times, the last one. */
function byNumber(list: Field[]): Record<number, Field['value']> {
  return Object.fromEntries(list.map(({ number, value }) => [number, value]));
}

function bytesOf(value: Field['value'] | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function textOf(value: Field['value'] | undefined): string {
  return utf8.decode(bytesOf(value));
}

function numberOf(value: Field['value'] | undefined): number {
  return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
}

/** `depth`: how many messages lie around the one with these fields whose own fields stand beside them in JSON. */
function decode(known: Known[], bytes: Uint8Array, path: string, depth = 0): JsonRecord {
  const result: JsonRecord = {};
  for (const { number, value } of fields(bytes)) {
    const found = known.filter(({ numbers }) => numbers[depth] === number);
    const [field] = found;
    if (field === undefined)
      throw unsupportedMediaType(`the sandbox does not read field ${number} of ${path} as protobuf: send application/json`);
    if (field.numbers.length > depth + 1) {
      Object.assign(result, decode(found, bytesOf(value), path, depth + 1));
      continue;
    }
    const { name, type, always } = field;
    const decoded = decodeField(type, value, `${path}.${name}`, result[name]);
    // Unset fields that are no pointers in Go are sent as well, as zeros.
    if (type.kind === 'pointer' || always || !isZero(decoded)) result[name] = decoded;
  }
  return result;
}

function isZero(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

function decodeField(type: Type, value: Field['value'], path: string, before: unknown): unknown {
  if (type.kind === 'list') return [...((before as unknown[] | undefined) ?? []), decodeValue(type.of, value, path)];
  if (type.kind !== 'map') return decodeValue(type, value, path);
  const entry = byNumber(fields(bytesOf(value)));
  return { ...(before as JsonRecord | undefined), [textOf(entry[1])]: decodeValue(type.of, entry[2] ?? new Uint8Array(), path) };
}

function decodeValue(type: Type, value: Field['value'], path: string): unknown {
  switch (type.kind) {
    case 'pointer':
      return decodeValue(type.of, value, path);
    case 'struct':
      return decode([...fieldsOf(type.key).values()], bytesOf(value), path);
    // In a map only: a list there is a message of its own.
    case 'list':
      return fields(bytesOf(value)).map((item) => decodeValue(type.of, item.value, path));
    case 'int':
      return numberOf(value);
    case 'bool':
      return value !== 0n;
    case 'bytes':
      return Buffer.from(bytesOf(value)).toString('base64');
    case 'quantity':
      return textOf(byNumber(fields(bytesOf(value)))[1]);
    case 'raw': {
      const raw = textOf(byNumber(fields(bytesOf(value)))[1]);
      return raw === '' ? undefined : (JSON.parse(raw) as unknown);
    }
    case 'time':
    case 'microTime': {
      const seconds = numberOf(byNumber(fields(bytesOf(value)))[1]);
      return seconds > 0 ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : undefined;
    }
    case 'intOrString': {
      const parts = byNumber(fields(bytesOf(value)));
      return parts[1] === 1n ? textOf(parts[3]) : numberOf(parts[2]);
    }
    default:
      return textOf(value);
  }
}
