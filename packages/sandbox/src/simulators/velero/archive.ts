import { gunzipSync, gzipSync } from 'node:zlib';
import { filesOfTar } from '@kubectl-dr/core/engines/velero/tar';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { asKubeObject, isRecord } from '../../api/json.ts';

export interface ArchivedObject {
  /** `deployments.apps` */
  resource: string;
  object: KubeObject;
}

const encoder = new TextEncoder();
const block = 512;

/**
 * A backup's archive as Velero writes it: each object under `resources/<plural.group>/namespaces/<ns>/<name>.json` (or
 * `/cluster/<name>.json`), again under its version, and `metadata/version`.
 */
export function packArchive(items: readonly { type: ResourceType; object: KubeObject }[], modified: Date): Uint8Array {
  const files: Uint8Array[] = [];
  const add = (name: string, text: string): void => void files.push(...tarFile(name, encoder.encode(text), modified));
  add('metadata/version', '1.1.0');
  for (const { type, object } of items) {
    const { namespace, name } = object.metadata;
    const scope = namespace === undefined ? 'cluster' : `namespaces/${namespace}`;
    const text = JSON.stringify(object);
    add(`resources/${resourceKey(type)}/${scope}/${name}.json`, text);
    add(`resources/${resourceKey(type)}/${type.version}-preferredversion/${scope}/${name}.json`, text);
  }
  files.push(new Uint8Array(2 * block));
  return gzipSync(Buffer.concat(files), { level: 1 });
}

export function unpackArchive(bytes: Uint8Array): ArchivedObject[] {
  const found: ArchivedObject[] = [];
  for (const { name, bytes: content } of filesOfTar(gunzipSync(bytes))) {
    const [, resource] = /^resources\/([^/]+)\/(?:namespaces\/[^/]+|cluster)\/[^/]+\.json$/.exec(name) ?? [];
    if (resource === undefined) continue;
    const object: unknown = JSON.parse(new TextDecoder().decode(content));
    if (isRecord(object)) found.push({ resource, object: asKubeObject(object) });
  }
  return found;
}

export function packJson(value: unknown): Uint8Array {
  return packText(JSON.stringify(value));
}

export function packText(text: string): Uint8Array {
  return gzipSync(encoder.encode(text), { level: 1 });
}

export function unpackJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(gunzipSync(bytes)));
}

/** One regular file in ustar; a name that is too long for its header goes before it, as GNU tar and Go write it. */
function tarFile(name: string, content: Uint8Array, modified: Date): Uint8Array[] {
  const long = name.length > 100 ? tarEntry('././@LongLink', encoder.encode(`${name}\0`), 'L', modified) : [];
  return [...long, ...tarEntry(name.slice(0, 100), content, '0', modified)];
}

function tarEntry(name: string, content: Uint8Array, type: string, modified: Date): Uint8Array[] {
  const header = new Uint8Array(block);
  const put = (text: string, at: number): void => header.set(encoder.encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put(name, 0);
  put(`${octal(0o755, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  put(`${octal(content.length, 11)}\0${octal(Math.floor(modified.getTime() / 1000), 11)}\0`, 124);
  put(`        ${type}`, 148);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return [header, content, new Uint8Array((block - (content.length % block)) % block)];
}
