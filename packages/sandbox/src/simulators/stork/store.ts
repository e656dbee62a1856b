import type { Files } from '../volumes/volume-store.ts';

/** Where a bucket can be reached by links; absent: nobody reads it but Stork. */
export interface Served {
  address: string;
  put(path: string, bytes: Uint8Array): void;
  delete(path: string): void;
}

/** The buckets of all clusters: files by `bucket/path`, and the data of volumes beside them. */
export class StorkStore {
  readonly #files = new Map<string, Uint8Array>();
  readonly #data = new Map<string, Files>();
  readonly #served: Served[] = [];

  /** Also under these links, from now on. */
  serve(served: Served): void {
    this.#served.push(served);
    for (const [path, bytes] of this.#files) served.put(path, bytes);
  }

  put(path: string, bytes: Uint8Array): void {
    this.#files.set(path, bytes);
    for (const served of this.#served) served.put(path, bytes);
  }

  get(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }

  putData(path: string, files: Files): void {
    this.#data.set(path, files);
  }

  data(path: string): Files | undefined {
    return this.#data.get(path);
  }

  /** Everything below a folder. */
  remove(folder: string): void {
    for (const path of [...this.#files.keys()].filter((one) => one.startsWith(`${folder}/`))) {
      this.#files.delete(path);
      for (const served of this.#served) served.delete(path);
    }
    for (const path of [...this.#data.keys()].filter((one) => one.startsWith(`${folder}/`))) this.#data.delete(path);
  }

  paths(): string[] {
    return [...this.#files.keys(), ...this.#data.keys()].sort();
  }
}
