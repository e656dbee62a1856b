/** What lies on a volume: file name -> text. Small, so that it can be looked at and compared. */
export type Files = Readonly<Record<string, string>>;

/** The disks of one cluster, and the snapshots that its storage system keeps beside them. */
export class VolumeStore {
  readonly #disks = new Map<string, Files>();
  readonly #snapshots = new Map<string, Files>();
  readonly #expected = new Map<string, Files>();
  #taken = 0;
  /** Whether it refuses what the nodes of its cluster write. */
  fenced = false;

  /** By the name of the PersistentVolume; undefined when there is no such disk. */
  read(volume: string): Files | undefined {
    return this.#disks.get(volume);
  }

  write(volume: string, files: Files): void {
    this.#disks.set(volume, { ...files });
  }

  remove(volume: string): void {
    this.#disks.delete(volume);
  }

  volumes(): string[] {
    return [...this.#disks.keys()].sort();
  }

  /** What the next volume that is bound to this claim will hold: how a restore hands data to a disk that is not there yet. */
  expect(claim: { namespace: string; name: string }, files: Files): void {
    this.#expected.set(`${claim.namespace}/${claim.name}`, files);
  }

  takeExpected(claim: { namespace: string; name: string }): Files | undefined {
    const key = `${claim.namespace}/${claim.name}`;
    const files = this.#expected.get(key);
    this.#expected.delete(key);
    return files;
  }

  /** A snapshot inside the storage system: gone with the cluster, and of no use on another one. */
  takeSnapshot(files: Files): string {
    this.#taken += 1;
    const handle = `snap-${String(this.#taken).padStart(6, '0')}`;
    this.#snapshots.set(handle, { ...files });
    return handle;
  }

  snapshot(handle: string): Files | undefined {
    return this.#snapshots.get(handle);
  }

  removeSnapshot(handle: string): void {
    this.#snapshots.delete(handle);
  }
}

export function sizeOf(files: Files): number {
  const encoder = new TextEncoder();
  return Object.values(files).reduce((sum, text) => sum + encoder.encode(text).length, 0);
}
