import type { JsonRecord } from './json.ts';
import { messages } from './protobuf-schema.ts';
import type { FieldType } from './protobuf-schema.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

/** One field as it stands on the wire: a number, or bytes. */
interface Field {
  number: number;
  value: bigint | Uint8Array;
}

const magic = [0x6b, 0x38, 0x73, 0x00]; // "k8s\0"

/**
 * A Kubernetes object sent as `application/vnd.kubernetes.protobuf`. Only the kinds of `protobuf-schema.ts`; another
 * kind, or a field that is not listed there, is answered 415, because leaving it out would lose what the client sent.
 */
export function decodeProtobuf(bytes: Uint8Array): JsonRecord {
  if (magic.some((byte, index) => bytes[index] !== byte)) throw badRequest('the body is not a Kubernetes protobuf message');
  const envelope = fields(bytes.subarray(4));
  const raw = envelope.find((field) => field.number === 2)?.value;
  const typeMeta = envelope.find((field) => field.number === 1)?.value;
  const { apiVersion, kind } = typeMeta instanceof Uint8Array ? decode('TypeMeta', typeMeta, '') : {};
  if (typeof kind !== 'string' || messages[kind] === undefined) {
    throw unsupportedMediaType(`the sandbox does not read ${String(kind)} as protobuf: send application/json`);
  }
  return { kind, apiVersion, ...(raw instanceof Uint8Array ? decode(kind, raw, kind) : {}) };
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

function decode(message: string, bytes: Uint8Array, path: string): JsonRecord {
  const known = messages[message] ?? {};
  const result: JsonRecord = {};
  for (const { number, value } of fields(bytes)) {
    const entry = known[number];
    if (entry === undefined) {
      if (isZero(value)) continue;
      throw unsupportedMediaType(`the sandbox does not read field ${number} of ${path} as protobuf: send application/json`);
    }
    const [name, type] = entry;
    const decoded = decodeValue(type, value, `${path}.${name}`, result[name]);
    if (decoded !== undefined) result[name] = decoded;
  }
  return result;
}

/** Unset messages are sent as well, filled with zeros all the way down. */
function isZero(value: bigint | Uint8Array): boolean {
  return typeof value === 'bigint' ? value === 0n : value.length === 0 || isZeroMessage(value);
}

function isZeroMessage(bytes: Uint8Array): boolean {
  try {
    return fields(bytes).every((field) => isZero(field.value));
  } catch {
    return false;
  }
}

const utf8 = new TextDecoder();

function decodeValue(type: FieldType, value: bigint | Uint8Array, path: string, before: unknown): unknown {
  const bytes = value instanceof Uint8Array ? value : new Uint8Array();
  const number = typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
  if (typeof type === 'object') {
    if ('messages' in type) return [...((before as unknown[] | undefined) ?? []), decode(type.messages, bytes, path)];
    const inner = decode(type.message, bytes, path);
    return Object.keys(inner).length === 0 ? undefined : inner;
  }
  switch (type) {
    case 'text':
      return utf8.decode(bytes);
    case 'text?':
      return bytes.length === 0 ? undefined : utf8.decode(bytes);
    case 'int':
      return number;
    case 'int?':
      return number === 0 ? undefined : number;
    case 'bool':
      return number !== 0;
    case 'bool?':
      return number === 0 ? undefined : true;
    case 'texts':
      return [...((before as string[] | undefined) ?? []), utf8.decode(bytes)];
    case 'textMap':
    case 'bytesMap':
      return { ...(before as JsonRecord | undefined), ...mapEntry(bytes, type === 'bytesMap') };
    case 'time': {
      const seconds = fields(bytes).find((field) => field.number === 1)?.value;
      return typeof seconds === 'bigint' && seconds > 0n ? new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') : undefined;
    }
    case 'intOrText': {
      const parts = Object.fromEntries(fields(bytes).map((field) => [field.number, field.value]));
      const text = parts[3] instanceof Uint8Array ? utf8.decode(parts[3]) : '';
      const whole = typeof parts[2] === 'bigint' ? Number(BigInt.asIntN(32, parts[2])) : 0;
      if (parts[1] === 1n) return text;
      return whole === 0 ? undefined : whole;
    }
    case 'skip':
      return undefined;
  }
}

function mapEntry(bytes: Uint8Array, binary: boolean): JsonRecord {
  let key = '';
  let value = '';
  for (const field of fields(bytes)) {
    if (!(field.value instanceof Uint8Array)) continue;
    if (field.number === 1) key = utf8.decode(field.value);
    else if (field.number === 2)
      value = binary ? btoa(Array.from(field.value, (byte) => String.fromCharCode(byte)).join('')) : utf8.decode(field.value);
  }
  return { [key]: value };
}
