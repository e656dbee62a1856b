import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { request } from 'undici';
import type { Service } from '../control-plane/process.ts';
import { freePort, startService } from '../control-plane/process.ts';
import { inOwnNetwork, missingOwnNetwork } from './own-network.ts';

export interface RealVelero {
  /** The program `velero`, 1.18 or newer. */
  bin: string;
  /** Folder with the plugin for the object store. */
  plugins: string;
  /** An S3 server that takes any credential. */
  s3: string;
}

/** What the environment names, if it does: then the server itself replaces the simulator on real clusters. */
export function realVelero(): RealVelero | undefined {
  const { VELERO_BIN: bin, VELERO_PLUGINS: plugins, S3_URL: s3 } = process.env;
  if (!bin && !plugins && !s3) return undefined;
  if (!bin || !plugins || !s3) throw new Error('VELERO_BIN, VELERO_PLUGINS and S3_URL belong together: all of them or none');
  return { bin, plugins, s3: s3.replace(/\/+$/, '') };
}

/** Of an S3 server that anybody may write to. */
export const s3Credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };

export async function createBucket({ s3 }: RealVelero, bucket: string): Promise<void> {
  const { statusCode, body } = await request(`${s3}/${bucket}`, { method: 'PUT' });
  const said = await body.text();
  // 409: it is there.
  if (statusCode >= 300 && statusCode !== 409)
    throw new Error(`the bucket ${bucket} cannot be made on ${s3}: ${statusCode} ${said.slice(0, 200)}`);
}

/** The server as a plain process beside the cluster, with its periods shortened to what a test can wait for. */
export async function startVeleroServer(
  { bin, plugins, s3 }: RealVelero,
  kubeconfig: string,
): Promise<Pick<Service, 'lastWords' | 'stop'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-velero-'));
  const [metrics, profiler] = [await freePort(), await freePort()];
  const flags = {
    kubeconfig,
    namespace: 'velero',
    features: 'EnableCSI',
    'plugin-dir': plugins,
    'metrics-address': `127.0.0.1:${metrics}`,
    'profiler-address': `127.0.0.1:${profiler}`,
    'backup-sync-period': '2s',
    'store-validation-frequency': '2s',
    'item-operation-sync-frequency': '1s',
    'garbage-collection-frequency': '2s',
    'concurrent-backups': '2',
  };
  const args = ['server', ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
  // Whatever its flags say, the server also listens on port 8080. In a network of its own it is alone with that.
  const ports = await portsOf(s3, kubeconfig);
  const own =
    ports && missingOwnNetwork() === undefined ? await inOwnNetwork(bin, args, { folder, outward: ports, inward: [metrics] }) : undefined;
  const service = await startService('velero', {
    folder,
    command: own?.command ?? bin,
    args: own?.args ?? args,
    env: s3Credentials,
    async ready() {
      const { statusCode, body } = await request(`http://127.0.0.1:${metrics}/metrics`);
      await body.dump();
      return statusCode === 200;
    },
  });
  return {
    lastWords: service.lastWords,
    async stop() {
      await service.stop();
      await own?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ports of the API server and of the S3 server, when both are on the loopback interface of this machine. */
async function portsOf(s3: string, kubeconfig: string): Promise<number[] | undefined> {
  const { cluster } = resolveContext(await loadKubeConfig({ file: kubeconfig, env: {} }));
  const places = [new URL(s3), new URL(cluster.server)];
  if (!places.every(({ hostname }) => hostname === '127.0.0.1')) return undefined;
  return places.map(({ port, protocol }) => Number(port || (protocol === 'https:' ? 443 : 80)));
}
