// A sandbox API over TLS, full of finished backups, for the benchmarks. Sends the kubeconfig's path to its parent.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { builders } from '@kubectl-dr/core/testing';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createApi } from '../../../sandbox/src/api/server.ts';
import { kubeconfig } from '../../../sandbox/src/doors/kubeconfig.ts';
import { serveHttps } from '../../../sandbox/src/doors/https.ts';
import { ApiCluster } from '../../../sandbox/src/simulators/api-cluster.ts';
import { createAll } from '../../../sandbox/src/simulators/create-all.ts';
import { veleroDefinitions } from '../../../sandbox/src/simulators/velero/crds.ts';

const [count, directory] = process.argv.slice(2);
const tokens = { bench: { username: 'bench', groups: ['system:masters'] } };
const api = createApi({ name: 'bench', clock: systemClock, tokens, crds: veleroDefinitions() });
const cluster = new ApiCluster({ name: 'bench', fetch: (request) => api.fetchInside(request) });
const newest = Date.now();
const backups = Array.from({ length: Number(count) }, (_, index) => {
  const startedAt = `${new Date(newest - index * 60_000).toISOString().slice(0, 19)}Z`;
  return builders.backup(`shop-${String(index).padStart(5, '0')}`, { startedAt });
});
await createAll(cluster, [builders.namespace('velero'), builders.namespace('shop'), builders.backupStorageLocation(), ...backups]);
const door = await serveHttps({ apis: { bench: api }, port: 0 });
const file = path.join(directory, 'kubeconfig');
writeFileSync(file, kubeconfig({ url: door.url, ca: door.ca, clusters: ['bench'], users: { bench: 'bench' } }), { mode: 0o600 });
process.send(file);
process.on('SIGTERM', async () => {
  api.close();
  await door.close();
  process.exit(0);
});
// Whoever started us is gone.
process.on('disconnect', () => process.exit(0));
