import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '@kubectl-dr/sandbox';
import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A backend that is not ready by then will not be, milliseconds. */
const patience = 90_000;

export interface Portal {
  /** App and API on one port. */
  baseUrl: string;
  kubeconfig: string;
  /** Holds an app-config.yaml with the clusters and the catalog: where `kubectl dr` is called. */
  directory: string;
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
  const port = await freePort();
  const portal: Portal = { baseUrl: `http://localhost:${port}`, kubeconfig: sandbox.kubeconfigPath, directory };
  const backend = await startBackend(portal, port);
  project.provide('portal', portal);
  return async () => {
    await stop(backend);
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function startBackend({ baseUrl, kubeconfig, directory }: Portal, port: number): Promise<ChildProcess> {
  const config = {
    app: { baseUrl },
    backend: { baseUrl, listen: { port, host: '127.0.0.1' }, cors: { origin: baseUrl } },
    dr: {
      clusters: ['east', 'west'].map((name) => ({ name, kubeconfig, context: name })),
      catalog: [path.join(root, 'packages/sandbox/catalog')],
    },
  };
  // JSON is YAML, and this file serves the command line as well.
  const file = path.join(directory, 'app-config.yaml');
  await writeFile(file, JSON.stringify(config, undefined, 2));
  const backend = spawn(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'src/index.ts', '--config', '../../app-config.yaml', '--config', file],
    { cwd: path.join(root, 'packages/backend'), env: { ...process.env, NODE_ENV: 'development' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log: string[] = [];
  for (const stream of [backend.stdout, backend.stderr]) stream?.on('data', (data) => log.push(String(data)));
  const end = Date.now() + patience;
  while (Date.now() < end && backend.exitCode === null) {
    if (await ready(`${baseUrl}/.backstage/health/v1/readiness`)) return backend;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await stop(backend);
  throw new Error(`The backend did not get ready within ${patience / 1000} s:\n${log.join('').slice(-4000)}`);
}

async function ready(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(force);
}
