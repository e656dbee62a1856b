// Fills a cluster with Velero's definitions and with finished backups. Arguments: kubeconfig, and as JSON `backups` and `applications`.
import { setTimeout as wait } from 'node:timers/promises';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import { HttpCluster } from '../../../kubernetes/src/http-cluster.ts';
import { resolveContext } from '../../../kubernetes/src/kubeconfig/context.ts';
import { loadKubeConfig } from '../../../kubernetes/src/kubeconfig/load.ts';
import { createAll } from '../../../sandbox/src/simulators/create-all.ts';
import { veleroDefinitions } from '../../../sandbox/src/simulators/velero/crds.ts';
import { finishedBackups } from './finished-backups.mjs';

const [kubeconfig, specification] = process.argv.slice(2);
const cluster = new HttpCluster({ config: resolveContext(await loadKubeConfig({ file: kubeconfig, env: {} }), {}), name: 'east' });
// Those of snapshots are of a protected group, which takes more than a definition.
const definitions = veleroDefinitions().filter(({ spec }) => spec.group === 'velero.io');
await createAll(cluster, definitions);
// A server gives out its own identities.
const objects = finishedBackups(JSON.parse(specification)).map(({ metadata: { name, namespace, labels, annotations }, ...rest }) => ({
  ...rest,
  metadata: { name, namespace, labels, annotations },
}));
let served = new Map();
while (objects.some(({ apiVersion, kind }) => !served.has(`${apiVersion} ${kind}`))) {
  await wait(200);
  served = new Map((await cluster.discover()).map((type) => [`${apiVersionOf(type)} ${type.kind}`, type]));
}
const queue = [...objects];
const lane = async () => {
  for (let object = queue.shift(); object !== undefined; object = queue.shift())
    await cluster.create(served.get(`${object.apiVersion} ${object.kind}`), object);
};
// Namespaces first: what is in them follows.
const spaces = queue.splice(0, objects.filter(({ kind }) => kind === 'Namespace').length);
for (const space of spaces) await cluster.create(served.get('v1 Namespace'), space);
await Promise.all(Array.from({ length: 16 }, lane));
await cluster.close();
