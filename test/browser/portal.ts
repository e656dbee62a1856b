import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SandboxOptions, startSandbox } from '@kubectl-dr/sandbox';
import type { TestProject } from 'vitest/node';
import { startPortal } from '../portal-process.ts';
import { findChromium } from './chromium.ts';
import { openMishapsDoor } from './mishaps.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Portal {
  /** App and API on one port. */
  baseUrl: string;
  kubeconfig: string;
  /** Holds an app-config.yaml with the clusters and the catalog: where `kubectl dr` is called. */
  directory: string;
  /** Where something is made to go wrong in the clusters, see `mishaps.ts`. */
  mishaps: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined: there is no Chromium, and every test says that it is skipped. */
    portal: Portal | undefined;
  }
}

/** Sandbox, backend and built app on free ports, once for all files that need no clusters of their own. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (findChromium() === undefined) {
    process.stderr.write('No Chromium on this machine: the browser suite is skipped. Install it, or name it in CHROMIUM.\n');
    project.provide('portal', undefined);
    return undefined;
  }
  const { portal, close } = await openPortal();
  project.provide('portal', portal);
  return close;
}

export interface OpenPortal {
  portal: Portal;
  close(): Promise<void>;
}

/** `clusters`: what is different about them. */
export async function openPortal(clusters: Pick<SandboxOptions, 'standby'> = {}): Promise<OpenPortal> {
  const directory = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-browser-'));
  const sandbox = await startSandbox({ ...clusters, port: 0, directory: path.join(directory, 'sandbox') });
  const mishaps = await openMishapsDoor(sandbox);
  await writeFile(sandbox.kubeconfigPath, mishaps.kubeconfig(await readFile(sandbox.kubeconfigPath, 'utf8')));
  const reached = ['east', 'west'].map((name) => ({ name, kubeconfig: sandbox.kubeconfigPath, context: name }));
  // This file serves the command line as well.
  const file = path.join(directory, 'app-config.yaml');
  const backend = await startPortal({
    file,
    config: { dr: { clusters: reached, catalog: [path.join(root, 'packages/sandbox/catalog')] } },
    // What west stores is not behind the line that can be cut, so it is another host with the same certificate.
    env: { NODE_EXTRA_CA_CERTS: path.join(directory, 'sandbox/certificates/ca.crt') },
  });
  const portal: Portal = { baseUrl: backend.baseUrl, kubeconfig: sandbox.kubeconfigPath, directory, mishaps: mishaps.url };
  return {
    portal,
    close: async () => {
      await backend.stop();
      await mishaps.close();
      await sandbox.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
