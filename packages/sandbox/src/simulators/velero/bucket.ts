import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '../../api/json.ts';
import type { Buckets, ObjectStore } from '../object-store.ts';
import type { Files } from '../volumes/volume-store.ts';

/** The kinds of a DownloadRequest, each with the file it stands for (`object_store_layout.go`). */
export const artefactFiles: Record<string, (name: string) => string> = {
  BackupLog: (name) => `backups/${name}/${name}-logs.gz`,
  BackupContents: (name) => `backups/${name}/${name}.tar.gz`,
  BackupResults: (name) => `backups/${name}/${name}-results.gz`,
  BackupResourceList: (name) => `backups/${name}/${name}-resource-list.json.gz`,
  BackupVolumeInfos: (name) => `backups/${name}/${name}-volumeinfo.json.gz`,
  BackupItemOperations: (name) => `backups/${name}/${name}-itemoperations.json.gz`,
  BackupVolumeSnapshots: (name) => `backups/${name}/${name}-volumesnapshots.json.gz`,
  CSIBackupVolumeSnapshots: (name) => `backups/${name}/${name}-csi-volumesnapshots.json.gz`,
  CSIBackupVolumeSnapshotContents: (name) => `backups/${name}/${name}-csi-volumesnapshotcontents.json.gz`,
  RestoreLog: (name) => `restores/${name}/restore-${name}-logs.gz`,
  RestoreResults: (name) => `restores/${name}/restore-${name}-results.gz`,
  RestoreResourceList: (name) => `restores/${name}/restore-${name}-resource-list.json.gz`,
  RestoreItemOperations: (name) => `restores/${name}/restore-${name}-itemoperations.json.gz`,
  RestoreVolumeInfo: (name) => `restores/${name}/${name}-volumeinfo.json.gz`,
};

/** What a server keeps in its place. */
const folders = new Set(['backups', 'restores', 'restic', 'metadata', 'plugins', 'kopia']);

type Bytes = Uint8Array | (() => Uint8Array);

/** The part of a bucket that a storage location points at. */
export class BackupBucket {
  readonly #store: ObjectStore;
  readonly #prefix: string;

  constructor(store: ObjectStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix === '' ? '' : `${prefix.replace(/^\/+|\/+$/g, '')}/`;
  }

  put(file: string, bytes: Bytes): Promise<void> {
    return this.#store.put(this.#prefix + file, bytes);
  }

  get(file: string): Promise<Uint8Array | undefined> {
    return this.#store.get(this.#prefix + file);
  }

  putArtefact(kind: string, name: string, bytes: Bytes): Promise<void> {
    return this.put(artefactFiles[kind]!(name), bytes);
  }

  async artefact(kind: string, name: string): Promise<Uint8Array | undefined> {
    const file = artefactFiles[kind];
    return file === undefined ? undefined : this.get(file(name));
  }

  /** Names of the backups that are whole: `velero-backup.json` is written last. */
  async backups(): Promise<string[]> {
    const keys = await this.#store.list(`${this.#prefix}backups/`);
    return keys.flatMap((key) => /^backups\/([^/]+)\/velero-backup\.json$/.exec(key.slice(this.#prefix.length))?.[1] ?? []);
  }

  /** Folders that no server makes: with one of them the place is not a server's own (`object_store.go`, IsValid). */
  async strangers(): Promise<string[]> {
    const keys = await this.#store.list(this.#prefix);
    const found = new Set(keys.map((key) => key.slice(this.#prefix.length)).flatMap((key) => /^([^/]+)\//.exec(key)?.[1] ?? []));
    return [...found].filter((folder) => !folders.has(folder)).toSorted();
  }

  async remove(folder: string): Promise<void> {
    for (const key of await this.#store.list(`${this.#prefix}${folder}/`)) await this.#store.delete(key);
  }

  /** The data of a volume, as a repository would keep it. `snapshot` is the engine's own name for it. */
  putData(namespace: string, snapshot: string, files: () => Files): Promise<void> {
    return this.put(dataFile(namespace, snapshot), () => new TextEncoder().encode(JSON.stringify(files())));
  }

  async data(namespace: string, snapshot: string): Promise<Files | undefined> {
    const bytes = await this.get(dataFile(namespace, snapshot));
    return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as Files);
  }

  removeData(namespace: string, snapshot: string): Promise<void> {
    return this.#store.delete(this.#prefix + dataFile(namespace, snapshot));
  }
}

function dataFile(namespace: string, snapshot: string): string {
  return `kopia/${namespace}/${snapshot}`;
}

/** The bucket behind a BackupStorageLocation, or undefined when it does not answer. */
export function bucketOf(buckets: Buckets, location: KubeObject): BackupBucket | undefined {
  const storage = textAt(location, 'spec', 'objectStorage', 'bucket');
  const store = buckets.open(storage);
  return store && new BackupBucket(store, textAt(location, 'spec', 'objectStorage', 'prefix'));
}
