import { notFound } from '../api/status.ts';

/** A bucket: what an engine keeps outside the cluster. Keys are paths without a slash in front. */
export interface ObjectStore {
  put(key: string, bytes: Uint8Array | (() => Uint8Array)): Promise<void>;
  get(key: string): Promise<Uint8Array | undefined>;
  delete(key: string): Promise<void>;
  /** Keys below a prefix, in order. */
  list(prefix: string): Promise<string[]>;
}

/** Buckets by name. One that is not there is what makes a storage location unavailable. */
export interface Buckets {
  open(name: string): ObjectStore | undefined;
}

/**
 * A bucket in memory. Bytes may be given as a function: they are made when they are first read, so that hundreds of
 * points of the past cost nothing until somebody looks into one.
 */
export class MemoryBucket implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array | (() => Uint8Array)>();

  async put(key: string, bytes: Uint8Array | (() => Uint8Array)): Promise<void> {
    this.#objects.set(key, bytes);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const found = this.#objects.get(key);
    return typeof found === 'function' ? found() : found;
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(key);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

export class MemoryBuckets implements Buckets {
  readonly #buckets = new Map<string, MemoryBucket>();

  constructor(names: readonly string[] = []) {
    for (const name of names) this.#buckets.set(name, new MemoryBucket());
  }

  open(name: string): ObjectStore | undefined {
    return this.#buckets.get(name);
  }

  add(name: string): void {
    if (!this.#buckets.has(name)) this.#buckets.set(name, new MemoryBucket());
  }

  /** As if an administrator deleted it. */
  remove(name: string): void {
    this.#buckets.delete(name);
  }
}

const downloads = '/_objects/';

/** Whether a request is for what engines hand out links to, rather than for the API server. */
export function isDownload(request: Request): boolean {
  return request.url.split('/', 4)[3] === '_objects';
}

/** Answers such a request, whoever asks. */
export async function download(objects: ReadonlyMap<string, Uint8Array>, request: Request): Promise<Response> {
  const key = decodeURIComponent(new URL(request.url).pathname.slice(downloads.length));
  const bytes = objects.get(key);
  if (bytes === undefined) throw notFound({ group: '', resource: 'objects' }, key);
  return new Response(new Uint8Array(bytes), { status: 200, headers: { 'content-type': 'application/octet-stream' } });
}
