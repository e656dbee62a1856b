import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '@kubectl-dr/sandbox';
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

/** Sandbox, backend and built app on free ports, once for all files. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (findChromium() === undefined) {
    process.stderr.write('No Chromium on this machine: the browser suite is skipped. Install it, or name it in CHROMIUM.\n');
    project.provide('portal', undefined);
    return undefined;
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-browser-'));
  const sandbox = await startSandbox({ port: 0, directory: path.join(directory, 'sandbox') });
  const mishaps = await openMishapsDoor(sandbox);
  await writeFile(sandbox.kubeconfigPath, mishaps.kubeconfig(await readFile(sandbox.kubeconfigPath, 'utf8')));
  const clusters = ['east', 'west'].map((name) => ({ name, kubeconfig: sandbox.kubeconfigPath, context: name }));
  // This file serves the command line as well.
  const file = path.join(directory, 'app-config.yaml');
  const backend = await startPortal({
    file,
    config: { dr: { clusters, catalog: [path.join(root, 'packages/sandbox/catalog')] } },
    // What west stores is not behind the line that can be cut, so it is another host with the same certificate.
    env: { NODE_EXTRA_CA_CERTS: path.join(directory, 'sandbox/certificates/ca.crt') },
  });
  const portal: Portal = { baseUrl: backend.baseUrl, kubeconfig: sandbox.kubeconfigPath, directory, mishaps: mishaps.url };
  project.provide('portal', portal);
  return async () => {
    await backend.stop();
    await mishaps.close();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  };
}
