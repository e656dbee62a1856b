// Plans of a roll-back of so many objects against a control plane, again and again, in a process of its own so that its memory
// is the planner's. Arguments: kubeconfig, objects, runs. Prints one JSON object.
import { performance } from 'node:perf_hooks';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { createDrService } from '@kubectl-dr/core/service/service';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { FakeEngine } from '@kubectl-dr/core/testing/fake-engine';
import { builders } from '@kubectl-dr/core/testing';
import { HttpCluster } from '../../../kubernetes/src/http-cluster.ts';
import { resolveContext } from '../../../kubernetes/src/kubeconfig/context.ts';
import { loadKubeConfig } from '../../../kubernetes/src/kubeconfig/load.ts';
import { createAll } from '../../../sandbox/src/simulators/create-all.ts';

const [kubeconfig, count, runs] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const namespace = `shop-${count}`;
const labels = { 'app.kubernetes.io/part-of': namespace, 'app.kubernetes.io/name': 'web' };

/** When requests were under way, since the beginning of the run: begin and end, milliseconds. */
let travelled = [];
const cluster = new HttpCluster({
  config: resolveContext(await loadKubeConfig({ file: kubeconfig, env: {} }), {}),
  name: 'east',
  trace: ({ milliseconds }) => {
    const end = performance.now();
    travelled.push({ begin: end - milliseconds, end });
  },
});

const metadata = { labels };
const objects = Array.from({ length: count }, (_, index) => {
  const name = `${namespace}/n${String(index).padStart(4, '0')}`;
  if (index % 8 === 6) return builders.service(name, {}, { metadata });
  if (index % 8 === 7) return builders.deployment(name, { replicas: 0, labels }, { metadata });
  return builders.configMap(name, { index: String(index), text: 'lorem ipsum dolor sit amet '.repeat(20) }, { metadata });
});
const space = builders.namespace(namespace, { metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/team-shop' } } });
const bare = ({ apiVersion, kind, metadata: { name, namespace: where, labels: own, annotations }, spec, data }) => ({
  apiVersion,
  kind,
  metadata: { name, ...(where && { namespace: where }), ...(own && { labels: own }), ...(annotations && { annotations }) },
  ...(spec && { spec }),
  ...(data && { data }),
});
await createAll(cluster, [space, ...objects].map(bare));

// The point holds them as the server had them; every tenth was changed since.
const engine = new FakeEngine();
const id = 'east/fake/fake/p1';
const lists = await Promise.all(
  [types.configMaps, types.services, types.deployments].map(async (type) =>
    (await cluster.list(type, { namespace })).items.map((item) => ({ ...item, apiVersion: apiVersionOf(type), kind: type.kind })),
  ),
);
const own = lists.flat().filter(({ metadata: { labels: found } }) => found?.['app.kubernetes.io/part-of'] === namespace);
const captured = own.map((object, index) =>
  index % 10 === 0 ? { ...object, metadata: { ...object.metadata, labels: { ...labels, release: 'before' } } } : object,
);
engine.points.push({
  id,
  name: 'p1',
  namespace: 'fake',
  uid: 'p1',
  engine: 'fake',
  cluster: 'east',
  phase: 'Succeeded',
  nativePhase: 'Completed',
  capturedAt: new Date(Date.now() - 60_000).toISOString(),
  scope: { namespaces: [namespace], excludedNamespaces: [] },
});
engine.inside.set(id, {
  contents: {
    pointId: id,
    objects: captured.map(({ apiVersion, kind, metadata: { name } }) => ({ apiVersion, kind, name, namespace })),
    volumes: [],
    errors: {},
  },
  objects: [space, ...captured],
});

const deps = { clusters: [cluster], engines: [engine], clock: systemClock, holder: 'bench' };
const request = { intent: 'Restore', application: namespace, mode: 'inPlace', point: 'p1' };
const results = [];
let changes = 0;
for (let run = 0; run <= runs; run += 1) {
  // Each as a new process would: nothing is remembered between two plans but the connection.
  const service = createDrService({ ...deps, reader: new ListReader([cluster]) });
  travelled = [];
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const plan = await service.plan(request, { name: 'bench' });
  const ended = performance.now();
  const used = process.cpuUsage(cpu);
  if (plan.blockers.length > 0) throw new Error(plan.blockers[0].message);
  changes = plan.changes.filter(({ action }) => action === 'change').length;
  // The first fills caches that every later run has.
  if (run === 0) continue;
  results.push({
    total: ended - began,
    waited: covered(travelled),
    processor: (used.user + used.system) / 1000,
    requests: travelled.length,
  });
}
await cluster.close();

/** Milliseconds in which at least one request was under way. */
function covered(intervals) {
  let [sum, until] = [0, -Infinity];
  for (const { begin, end } of intervals.toSorted((a, b) => a.begin - b.begin)) {
    sum += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return sum;
}

const median = (field) => results.map((result) => result[field]).toSorted((a, b) => a - b)[Math.floor(results.length / 2)];
process.stdout.write(
  `${JSON.stringify({
    changes,
    total: median('total'),
    waited: median('waited'),
    processor: median('processor'),
    requests: median('requests'),
    memory: process.resourceUsage().maxRSS / 1024,
  })}\n`,
);
