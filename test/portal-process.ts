import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A backend that is not ready by then will not be, milliseconds. */
const patience = 180_000;

export interface PortalProcess {
  /** App and API on one port. */
  baseUrl: string;
  pid: number;
  /** What it has written until now. */
  log(): string;
  /** Resolves when it is gone, at the latest after five seconds. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** `packages/backend` as a process of its own on a free port. `config`: over app-config.yaml; written to `file`. `env`: over ours. */
export async function startPortal({
  file,
  config,
  env,
}: {
  file: string;
  config: Record<string, object>;
  env?: Record<string, string>;
}): Promise<PortalProcess> {
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const { backend: more, ...rest } = config;
  const backend = { baseUrl, listen: { port, host: '127.0.0.1' }, cors: { origin: baseUrl }, ...more };
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ app: { baseUrl }, backend, ...rest }, undefined, 2));
  const child = spawn(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'src/index.ts', '--config', '../../app-config.yaml', '--config', file],
    {
      cwd: path.join(root, 'packages/backend'),
      env: { ...process.env, NODE_ENV: 'development', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => log.push(String(data)));
  const stop: PortalProcess['stop'] = async (signal = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(force);
  };
  const end = Date.now() + patience;
  while (Date.now() < end && child.exitCode === null) {
    if (await ready(`${baseUrl}/.backstage/health/v1/readiness`)) return { baseUrl, pid: child.pid!, log: () => log.join(''), stop };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await stop();
  throw new Error(`The backend did not get ready within ${patience / 1000} s:\n${log.join('').slice(-4000)}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function ready(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}
