import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NotFoundError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { Files, VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';

/** What lies on the volumes of a cluster, by the names of the PersistentVolumes. */
export interface Disks {
  /** Undefined when there is no such disk. */
  read(volume: string): Promise<Files | undefined>;
  /** Instead of all that was there. */
  write(volume: string, files: Files): Promise<void>;
}

export function simulatedDisks(store: VolumeStore): Disks {
  return {
    read: async (volume) => store.read(volume),
    write: async (volume, files) => store.write(volume, files),
  };
}

/** Folders of this machine, as the hostpath drivers keep them: `storage` holds one per driver, that one per volume. */
export function realDisks(client: ClusterClient, storage: string): Disks {
  const folderOf = async (volume: string): Promise<string> => {
    const { spec } = await client.get({ type: types.persistentVolumes, name: volume });
    const { driver, volumeHandle } = (spec as { csi: { driver: string; volumeHandle: string } }).csi;
    return path.join(storage, driver, volumeHandle);
  };
  return {
    async read(volume) {
      try {
        const folder = await folderOf(volume);
        const names = (await readdir(folder)).toSorted();
        const entries = await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name), 'utf8')] as const));
        return Object.fromEntries(entries);
      } catch (error) {
        if (error instanceof NotFoundError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(volume, files) {
      const folder = await folderOf(volume);
      for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
      await Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(folder, name), text)));
    },
  };
}
