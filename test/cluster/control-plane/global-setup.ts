import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { controlPlane, goCommand, ModulesOutOfReach } from './build.ts';
import { csiPrograms, startCsi } from './csi.ts';
import type { RunningStorage } from './csi.ts';
import { pairsOfClusters } from './pairs.ts';
import { startControlPlane } from './start.ts';
import type { ControlPlane, RunningControlPlane } from './start.ts';

/** A cluster that tests may use: one that we started, or the user's own, of which only the kubeconfig is known. */
export type RealCluster = Pick<ControlPlane, 'name' | 'kubeconfig'> &
  Partial<ControlPlane> & { /** Where volumes are real: what the drivers keep, see `RunningStorage`. */ storage?: string };

export interface Pair {
  east: RealCluster;
  west: RealCluster;
}

/** Files that run side by side have a pair each, chosen by the number of their worker. */
export type RealClusters = { pairs: Pair[]; storage: 'real' | { missing: string } } | { missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    clusters: RealClusters;
  }
}

const names = ['east', 'west'] as const;

/** Real clusters for the whole run, or the reason why there are none. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const own = names.map((name) => process.env[`KUBECONFIG_${name.toUpperCase()}`]);
  if (own.some(Boolean)) {
    const absent = names.filter((_, index) => !own[index] || !existsSync(own[index]));
    if (absent.length > 0) throw new Error(`KUBECONFIG_${absent[0]!.toUpperCase()} must name a kubeconfig file: both clusters are needed`);
    project.provide('clusters', {
      pairs: [{ east: { name: 'east', kubeconfig: own[0]! }, west: { name: 'west', kubeconfig: own[1]! } }],
      storage: { missing: 'the clusters are your own, and CSI_BIN_DIR is for those that this suite starts' },
    });
    return async () => undefined;
  }
  const go = goCommand();
  if (go === undefined) {
    project.provide('clusters', { missing: 'Go is not installed, and KUBECONFIG_EAST and KUBECONFIG_WEST are not set' });
    return async () => undefined;
  }
  const say = (line: string): void => void process.stderr.write(`control plane: ${line}\n`);
  const csi = csiPrograms();
  const programs = await controlPlane(go, say).catch((error: unknown) => {
    if (error instanceof ModulesOutOfReach) return error;
    throw error;
  });
  if (programs instanceof ModulesOutOfReach) {
    say(programs.message);
    project.provide('clusters', { missing: programs.message });
    return async () => undefined;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-cluster-'));
  const planes: RunningControlPlane[] = [];
  const storages: RunningStorage[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(storages.map((storage) => storage.stop()));
    await Promise.all(planes.map((cluster) => cluster.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const began = Date.now();
    const start = async (name: (typeof names)[number], pair: string): Promise<RealCluster> => {
      const cluster = await startControlPlane(name, programs, path.join(pair, name), 'missing' in csi ? 'simulated' : 'real');
      planes.push(cluster);
      if ('missing' in csi) return cluster.plane;
      const storage = await startCsi(cluster.plane, csi, path.join(pair, `${name}-csi`));
      storages.push(storage);
      return { ...cluster.plane, storage: storage.folder };
    };
    const pairs: Pair[] = [];
    for (let index = 0; index < pairsOfClusters(); index += 1) {
      const pair = path.join(folder, String(index));
      const [east, west] = await Promise.all([start('east', pair), start('west', pair)]);
      pairs.push({ east, west });
    }
    const took = `${((Date.now() - began) / 1000).toFixed(1)} s`;
    say(
      `east and west are up${pairs.length > 1 ? `, ${pairs.length} times,` : ''} after ${took}${'missing' in csi ? '' : ', with CSI drivers'}`,
    );
    project.provide('clusters', { pairs, storage: 'missing' in csi ? csi : 'real' });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
