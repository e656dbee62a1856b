// Sandbox APIs over TLS, full of finished backups, for the benchmarks. Sends the kubeconfig's path to its parent.
// First argument, as JSON: for each cluster its name, `backups`, `applications`, and `delay` (milliseconds, or "for ever").
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createApi } from '../../../sandbox/src/api/server.ts';
import { kubeconfig } from '../../../sandbox/src/doors/kubeconfig.ts';
import { serveHttps } from '../../../sandbox/src/doors/https.ts';
import { ApiCluster } from '../../../sandbox/src/simulators/api-cluster.ts';
import { createAll } from '../../../sandbox/src/simulators/create-all.ts';
import { veleroDefinitions } from '../../../sandbox/src/simulators/velero/crds.ts';
import { finishedBackups } from './finished-backups.mjs';

const [specification, directory] = process.argv.slice(2);
const clusters = JSON.parse(specification);
const tokens = { bench: { username: 'bench', groups: ['system:masters'] } };
const opened = await Promise.all(clusters.map(open));
const apis = Object.fromEntries(opened.map(({ name, api, delay }) => [name, delay === undefined ? api : delayed(api, delay)]));
const door = await serveHttps({ apis, port: 0 });
const file = path.join(directory, 'kubeconfig');
const names = clusters.map(({ name }) => name);
writeFileSync(file, kubeconfig({ url: door.url, ca: door.ca, clusters: names, users: { bench: 'bench' } }), { mode: 0o600 });
process.send(file);
process.on('SIGTERM', async () => {
  for (const { api } of opened) api.close();
  await door.close();
  process.exit(0);
});
// Whoever started us is gone.
process.on('disconnect', () => process.exit(0));

async function open({ name, backups, applications, delay }) {
  const api = createApi({ name, clock: systemClock, tokens, crds: veleroDefinitions() });
  const cluster = new ApiCluster({ name, fetch: (request) => api.fetchInside(request) });
  await createAll(cluster, finishedBackups({ backups, applications }));
  return { name, api, delay };
}

function delayed(api, delay) {
  return Object.assign(Object.create(api), {
    fetch: async (request) => {
      await (delay === 'for ever' ? new Promise(() => undefined) : wait(delay));
      return api.fetch(request);
    },
  });
}
