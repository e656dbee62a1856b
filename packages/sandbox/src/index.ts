import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { kubeconfig } from './doors/kubeconfig.ts';
import type { Identity } from './identities.ts';
import { trustLinks } from './simulators/velero/locations.ts';
import { createSandbox, randomTokens, type Sandbox, type SandboxOptions } from './sandbox.ts';
import { clusterNames } from './cluster-names.ts';

export type { ClusterName } from './cluster-names.ts';
export { SandboxCluster } from './simulators/cluster.ts';
export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';
export { type Durations, instant, visible } from './simulators/durations.ts';
export { switchOf, workloadsKey } from './simulators/two-sites.ts';

export interface StartOptions extends Omit<SandboxOptions, 'url'> {
  /** 0: any free one. */
  port: number;
  /** Where the kubeconfig is written; certificates and tokens are kept there, so that it stays valid over restarts. */
  directory: string;
}

export interface RunningSandbox extends Omit<Sandbox, 'close'> {
  /** Contexts `east` (current) and `west`; users by identity, `admin` in the contexts. */
  kubeconfigPath: string;
  /** Of the listener: a cluster is at `<url>/clusters/<name>`. */
  url: string;
  close(): Promise<void>;
}

/** Two clusters behind one HTTPS listener, with a kubeconfig for any client. InputError when the port is taken. */
export async function startSandbox({ port, directory, ...options }: StartOptions): Promise<RunningSandbox> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const tokens = options.tokens ?? (await keptTokens(path.join(directory, 'tokens.json')));
  let url = '';
  const sandbox = await createSandbox({ ...options, tokens, url: () => url });
  try {
    // Whoever stays in the process does without certificates.
    const { serveHttps } = await import('./doors/https.ts');
    const { east, west } = sandbox.clusters;
    const certificateFolder = path.join(directory, 'certificates');
    const door = await serveHttps({ apis: { east: east.api, west: west.api }, port, certificateFolder });
    url = door.url;
    await Promise.all([east, west].map((cluster) => trustLinks(cluster.veleroOptions, door.ca)));
    const kubeconfigPath = path.resolve(directory, 'kubeconfig');
    const text = kubeconfig({ url, ca: door.ca, clusters: [...clusterNames], users: { ...tokens } });
    await writeFile(kubeconfigPath, text, { mode: 0o600 });
    return {
      ...sandbox,
      kubeconfigPath,
      url,
      async close() {
        sandbox.close();
        await door.close();
      },
    };
  } catch (error) {
    sandbox.close();
    throw error;
  }
}

async function keptTokens(file: string): Promise<Record<Identity, string>> {
  const fresh = randomTokens();
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Record<Identity, string>>;
    if (Object.keys(fresh).every((name) => typeof kept[name as Identity] === 'string')) return kept as Record<Identity, string>;
  } catch {
    // None yet, or not readable: new ones.
  }
  await writeFile(file, JSON.stringify(fresh), { mode: 0o600 });
  return fresh;
}
