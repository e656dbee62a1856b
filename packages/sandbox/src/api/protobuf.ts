import messages from '../../data/protobuf.json' with { type: 'json' };
import type { JsonRecord } from './json.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

/** One field as it stands on the wire: a number, or bytes. */
interface Field {
  number: number;
  value: bigint | Uint8Array;
}

type Message = Record<number, readonly [name: string, type: string]>;

const known = messages as unknown as Record<string, Message>;
const magic = [0x6b, 0x38, 0x73, 0x00]; // "k8s\0"
const utf8 = new TextDecoder();

/**
 * A Kubernetes object sent as `application/vnd.kubernetes.protobuf`, by the messages of `data/protobuf.json`. A kind or a
 * field that is not there is answered 415, because leaving it out would lose what the client sent.
 */
export function decodeProtobuf(bytes: Uint8Array): JsonRecord {
  if (magic.some((byte, index) => bytes[index] !== byte)) throw badRequest('the body is not a Kubernetes protobuf message');
  const envelope = byNumber(fields(bytes.subarray(4)));
  const [apiVersion = '', kind = ''] = [1, 2].map((number) => textOf(byNumber(fields(bytesOf(envelope[1])))[number]));
  const [version, group = 'core'] = apiVersion.split('/').reverse() as [string, string?];
  const name = [`${group.split('.')[0]!}/${version}.${kind}`, `meta/v1.${kind}`].find((candidate) => Object.hasOwn(known, candidate));
  if (name === undefined) throw unsupportedMediaType(`the sandbox does not read ${apiVersion} ${kind} as protobuf: send application/json`);
  return { kind, apiVersion, ...decode(name, bytesOf(envelope[2]), kind) };
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

function decode(message: string, bytes: Uint8Array, path: string): JsonRecord {
  const result: JsonRecord = {};
  for (const { number, value } of fields(bytes)) {
    const field = known[message]![number];
    if (field === undefined)
      throw unsupportedMediaType(`the sandbox does not read field ${number} of ${path} as protobuf: send application/json`);
    const [name, marked] = field;
    const decoded = decodeField(marked.replace('?', ''), value, `${path}.${name}`, result[name]);
    if (name === '') Object.assign(result, decoded);
    else if (decoded !== undefined && !(marked.endsWith('?') && isZero(decoded))) result[name] = decoded;
  }
  return result;
}

/** Unset fields that are no pointers in Go are sent as well, as zeros. */
function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

function decodeField(type: string, value: Field['value'], path: string, before: unknown): unknown {
  if (type.startsWith('[]')) return [...((before as unknown[] | undefined) ?? []), decodeValue(type.slice(2), value, path)];
  if (!type.startsWith('{}')) return decodeValue(type, value, path);
  const entry = byNumber(fields(bytesOf(value)));
  return { ...(before as JsonRecord | undefined), [textOf(entry[1])]: decodeValue(type.slice(2), entry[2] ?? new Uint8Array(), path) };
}

function decodeValue(type: string, value: Field['value'], path: string): unknown {
  switch (type) {
    case 'text':
      return textOf(value);
    case 'number':
      return numberOf(value);
    case 'bool':
      return value !== 0n;
    case 'bytes':
      return Buffer.from(bytesOf(value)).toString('base64');
    case 'quantity':
      return textOf(byNumber(fields(bytesOf(value)))[1]);
    case 'json': {
      const raw = textOf(byNumber(fields(bytesOf(value)))[1]);
      return raw === '' ? undefined : (JSON.parse(raw) as unknown);
    }
    case 'time': {
      const seconds = numberOf(byNumber(fields(bytesOf(value)))[1]);
      return seconds > 0 ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : undefined;
    }
    // In a map only: a list there is a message of its own.
    case '[]text':
      return fields(bytesOf(value)).map((item) => textOf(item.value));
    case 'intOrText': {
      const parts = byNumber(fields(bytesOf(value)));
      return parts[1] === 1n ? textOf(parts[3]) : numberOf(parts[2]);
    }
    default:
      return decode(type, bytesOf(value), path);
  }
}
