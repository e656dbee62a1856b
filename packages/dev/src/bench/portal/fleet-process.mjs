// Fifty API servers over TLS in a process of their own, each with a Velero that signs download links. Sends the kubeconfig's
// path to its parent. Arguments: shape as JSON, folder for the kubeconfig. Messages: `{ churn: changes a second }` (0: none).
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { createApi } from '../../../../sandbox/src/api/server.ts';
import { serveHttps } from '../../../../sandbox/src/doors/https.ts';
import { kubeconfig } from '../../../../sandbox/src/doors/kubeconfig.ts';
import { veleroDefinitions } from '../../../../sandbox/src/simulators/velero/crds.ts';
import { artefactsOf, backupOf, objectsOf } from './fleet-objects.mjs';
import { clusterName, serviceOf } from './fleet-shape.mjs';

const [specification, directory] = process.argv.slice(2);
const shape = JSON.parse(specification);
const tokens = { bench: { username: 'bench', groups: ['system:masters'] } };
const began = Date.now();
const apis = {};
for (let index = 0; index < shape.clusters; index += 1) {
  const name = clusterName(index);
  const api = createApi({ name, clock: systemClock, tokens, crds: veleroDefinitions(), historySize: 1_000 });
  for (const [resource, object] of objectsOf(shape, index, began)) api.store.put(resource, object);
  api.store.subscribe((event) => {
    if (event.resource === 'downloadrequests.velero.io' && event.type === 'ADDED') sign(api, event.object);
  });
  apis[name] = api;
}
const door = await serveHttps({ apis, port: 0 });
const file = path.join(directory, 'kubeconfig');
writeFileSync(file, kubeconfig({ url: door.url, ca: door.ca, clusters: Object.keys(apis), users: { bench: 'bench' } }), { mode: 0o600 });
process.send({ kubeconfig: file });

function sign(api, request) {
  const { kind, name } = request.spec.target;
  const service = /^(.*)-every-6h-/.exec(name)?.[1];
  const key = `${kind}-${name}`;
  if (service === undefined) return;
  api.objects.set(key, gzipSync(JSON.stringify(artefactsOf(service)[kind])));
  const { host } = new URL(door.url);
  const downloadURL = `https://${host}/clusters/${api.name}/_objects/${key}`;
  setImmediate(() => {
    api.store.put('downloadrequests.velero.io', { ...request, status: { phase: 'Processed', downloadURL } });
    setTimeout(() => api.objects.delete(key), 60_000).unref();
  });
}

let churning;
process.on('message', ({ churn }) => {
  clearInterval(churning);
  if (churn > 0) churning = setInterval(change, 1_000 / churn);
});

let turn = 0;
/** What a fleet does all day: pods report, and now and then a backup appears. */
function change() {
  turn += 1;
  const index = (turn * 7_919) % shape.services;
  const { name, cluster } = serviceOf(shape, index);
  const { store } = apis[cluster];
  if (turn % 20 === 0) {
    store.put('backups.velero.io', backupOf(name, Date.now() - 60_000));
    return;
  }
  const pod = store.get('pods', name, `${name}-0`);
  const [first, ...others] = pod.status.containerStatuses;
  store.put('pods', {
    ...pod,
    status: { ...pod.status, containerStatuses: [{ ...first, restartCount: first.restartCount + 1 }, ...others] },
  });
}

process.on('SIGTERM', () => process.exit(0));
// Whoever started us is gone.
process.on('disconnect', () => process.exit(0));
