import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { root } from '../../install.mjs';
import { ended } from '../cluster.mjs';
import { catalogEntities, clusterName, shapeOf } from './fleet-shape.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
/** Whoever waits longer for a portal gives up, milliseconds. */
const patience = 600_000;

let world;
/** The whole of it, started once for all rows that want it: fleet, and `packages/backend` with a catalog that was read before. */
export function portalWorld() {
  world ??= start();
  return world;
}

/** What `portalWorld` started, if it did. */
export async function closePortalWorld() {
  await (await world)?.close();
  world = undefined;
}

async function start() {
  const shape = shapeOf(process.env.PORTAL_BENCH);
  // In memory where there is such a folder: five thousand entities are a hundred thousand small writes of the catalog's.
  const directory = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'kubectl-dr-bench-'));
  const closing = [() => rmSync(directory, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const catalog = path.join(directory, 'services.yaml');
    writeFileSync(
      catalog,
      catalogEntities(shape)
        .map((entity) => JSON.stringify(entity))
        .join('\n---\n'),
    );
    const fleet = fork(here('./fleet-process.mjs'), [JSON.stringify(shape), directory], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=4096'],
    });
    closing.push(() => ended(fleet));
    const { kubeconfig } = await new Promise((resolve, reject) => {
      fleet.once('message', resolve);
      fleet.once('exit', (code) => reject(new Error(`the fleet ended with exit code ${code}`)));
    });
    const names = Array.from({ length: shape.clusters }, (_, index) => clusterName(index));
    const clusters = names.map((name) => ({ name, kubeconfig, context: name }));

    // The host reads its catalog once, with no cluster: how long that takes is the catalog's affair.
    const empty = await startBackend({ directory, catalog, clusters: [] });
    closing.push(() => empty.backend.stop());
    await until(
      async () => {
        const count = await empty.entities();
        tell(`the catalog has read ${count} of ${shape.services} services`);
        return count >= shape.services;
      },
      'the catalog was not read',
      2_000,
    );
    await wait(5_000);
    const without = await empty.memory();
    await empty.backend.stop();

    const servers = processorOf(fleet.pid);
    const began = performance.now();
    const portal = await startBackend({ directory, catalog, clusters });
    closing.push(() => portal.backend.stop());
    /** Processor time since the start of the process, seconds: the portal's, and that of the simulated API servers beside it. */
    const processor = () => ({ portal: processorOf(portal.backend.pid), servers: processorOf(fleet.pid) - servers });
    return { shape, ...portal, without, began, hostReady: performance.now(), processor, fleet, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startBackend({ directory, catalog, clusters }) {
  const { startPortal } = await import('../../../../../test/portal-process.ts');
  const probed = path.join(directory, 'memory.json');
  const file = path.join(directory, `app-config-${clusters.length}.yaml`);
  const backend = await startPortal({
    file,
    config: {
      backend: { database: { client: 'better-sqlite3', connection: { directory } } },
      catalog: {
        processingInterval: { hours: 6 },
        locations: [
          ...['organisation', 'policies'].map((name) => ({
            type: 'file',
            target: path.join(root, `packages/sandbox/catalog/${name}.yaml`),
          })),
          { type: 'file', target: catalog },
        ],
      },
      dr: { clusters, catalog: [] },
    },
    env: {
      MEMORY_PROBE: probed,
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${process.env.PORTAL_BENCH_NODE ?? ''} --import=${here('./memory-probe.mjs')}`,
    },
  });
  const { baseUrl } = backend;
  const tokens = new Map();
  const token = async (user) => {
    if (!tokens.has(user)) {
      const answer = await fetch(`${baseUrl}/api/auth/example/refresh`, {
        headers: { cookie: `dr-demo-user=${user}`, 'x-requested-with': 'XMLHttpRequest' },
      });
      if (!answer.ok) throw new Error(`${user} cannot sign in: HTTP ${answer.status}`);
      tokens.set(user, (await answer.json()).backstageIdentity.token);
    }
    return tokens.get(user);
  };
  /** Undefined while there is no answer yet. */
  const get = async (url, user = 'olivia') => {
    const answer = await fetch(`${baseUrl}/api/${url}`, { headers: { authorization: `Bearer ${await token(user)}` } }).catch(
      () => undefined,
    );
    return answer?.ok ? answer.json() : undefined;
  };
  return {
    backend,
    token,
    get,
    entities: async () => (await get('catalog/entities/by-query?filter=kind=component&limit=0').catch(() => undefined))?.totalItems ?? 0,
    memory: async () => {
      rmSync(probed, { force: true });
      process.kill(backend.pid, 'SIGUSR2');
      return until(async () => JSON.parse(readFileSync(probed, 'utf8')), 'the backend does not tell its memory');
    },
  };
}

/** Processor time of a living process with all its threads, seconds; not a number where nobody tells (elsewhere than on Linux). */
export function processorOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** On a terminal, what is being waited for: all this takes minutes. */
export function tell(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Asks again and again until the answer is something; a question that fails is no answer. */
export async function until(ask, otherwise, every = 100) {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const answer = await Promise.resolve()
      .then(ask)
      .catch(() => undefined);
    if (answer) return answer;
    await wait(every);
  }
  throw new Error(`${otherwise} within ${patience / 1_000} s`);
}
