import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { sharedData } from '../shared-data.ts';
import type { Service } from './process.ts';
import { freePort, startService } from './process.ts';
import type { ControlPlane } from './start.ts';

const execute = promisify(execFile);

const programs = ['hostpathplugin', 'csi-provisioner', 'csi-snapshotter', 'snapshot-controller'] as const;
type Program = (typeof programs)[number];

/** The drivers of the sandbox's storage classes, by their names there: `scratch` has no snapshots. */
export const drivers = [
  { name: 'disk.csi.sandbox.kubectl-dr.dev', snapshots: true },
  { name: 'scratch.sandbox.kubectl-dr.dev', snapshots: false },
] as const;

/** Storage of a cluster that is real: volumes are folders. */
export interface RunningStorage {
  /** Holds a folder per driver, and in that one per volume, called as its handle. */
  folder: string;
  stop(): Promise<void>;
}

const definitions = path.join(sharedData, 'crds', 'external-snapshotter');

/** The programs that `CSI_BIN_DIR` holds, or why there is no real storage. */
export function csiPrograms(): Record<Program, string> | { missing: string } {
  const folder = process.env.CSI_BIN_DIR;
  if (!folder) return { missing: 'CSI_BIN_DIR is not set' };
  const absent = programs.filter((program) => !existsSync(path.join(folder, program)));
  if (absent.length > 0) throw new Error(`CSI_BIN_DIR: ${folder} holds no ${absent.join(', ')}`);
  if (!existsSync(definitions)) return { missing: `the folder ${sharedData} with the definitions of snapshots is absent` };
  return Object.fromEntries(programs.map((program) => [program, path.join(folder, program)])) as Record<Program, string>;
}

/**
 * The drivers with their sidecars, and the snapshot controller, as plain processes beside the API server. Nothing is ever
 * mounted: what a pod would see of its volume is the folder itself.
 */
export async function startCsi(plane: ControlPlane, bin: Record<Program, string>, folder: string): Promise<RunningStorage> {
  await execute(plane.kubectl, ['--kubeconfig', plane.kubeconfig, 'apply', '--server-side', '-f', definitions]);
  await execute(plane.kubectl, [
    '--kubeconfig',
    plane.kubeconfig,
    'wait',
    '--for=condition=Established',
    '--timeout=30s',
    '-f',
    definitions,
  ]);
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of started.splice(0).reverse()) await service.stop();
  };
  const start = async (program: Program, name: string, at: string, flags: Record<string, string>, ready: () => Promise<boolean>) => {
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    // The sidecars give up when the API server is away for long, as their pods would, and are started again.
    started.push(await startService(name, { folder: at, command: bin[program], args, ready, restart: true }));
  };
  const sidecar = async (program: Program, at: string, flags: Record<string, string>): Promise<void> => {
    const address = `127.0.0.1:${await freePort()}`;
    const common = { kubeconfig: plane.kubeconfig, 'http-endpoint': address, 'retry-interval-start': '100ms' };
    await start(program, program, at, { ...common, ...flags }, async () => {
      const { statusCode, body } = await request(`http://${address}/metrics`);
      await body.dump();
      return statusCode === 200;
    });
  };
  const groups = { 'feature-gates': 'CSIVolumeGroupSnapshot=true' };
  // Each asks no more than five times a second by default, which is for clusters of thousands.
  const brisk = { 'kube-api-qps': '50', 'kube-api-burst': '100' };
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, snapshots } of drivers) {
      const at = path.join(folder, `${name}.run`);
      const state = path.join(folder, name);
      await Promise.all([mkdir(at), mkdir(state)]);
      const socket = path.join(at, 'csi.sock');
      const plugin = { endpoint: `unix://${socket}`, drivername: name, statedir: state, nodeid: 'node-1', 'enable-topology': 'false' };
      await start('hostpathplugin', 'hostpathplugin', at, plugin, async () => existsSync(socket));
      await sidecar('csi-provisioner', at, { 'csi-address': socket, ...brisk });
      if (snapshots) await sidecar('csi-snapshotter', at, { 'csi-address': socket, ...groups, ...brisk });
    }
    await sidecar('snapshot-controller', folder, { ...groups, ...brisk });
  } catch (error) {
    await stop();
    throw error;
  }
  return { folder, stop };
}
