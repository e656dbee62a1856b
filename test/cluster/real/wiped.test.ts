import { numberAt } from '@kubectl-dr/core/application/raw';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import type { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { clientOf, missingClusters, realCluster } from '../targets/real.ts';
import { wipe } from '../targets/wiped.ts';

const etcd = missingClusters() === undefined ? realCluster('east').etcd : undefined;
const missing = missingClusters() ?? (etcd === undefined ? 'the clusters are your own, which are not emptied' : undefined);
const [namespace, name] = ['wiped', 'db'];

/** A claim has no owner: one that a controller makes again while the rest goes would be there in the next story. */
describe.skipIf(missing !== undefined)(`a cluster that is emptied${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let client: HttpCluster;
  beforeAll(async () => void (client = await clientOf(realCluster('east'))));
  afterAll(async () => {
    await wipe(etcd!, []);
    await client.close();
  });

  it('has no claim afterwards that a controller made meanwhile', async () => {
    for (let round = 0; round < 15; round += 1) {
      await createAll(client, database);
      const ref = { type: types.statefulSets, namespace, name };
      await eventually(async () => numberAt(await client.get(ref), 'status', 'replicas') === 5, 'its pods are there');
      await wipe(etcd!, []);
      await createAll(client, database.slice(0, 1));
      await systemClock.sleep(200);
      const { items } = await client.list(types.persistentVolumeClaims, { namespace });
      expect(items.map(({ metadata }) => metadata.name)).toEqual([]);
      await wipe(etcd!, []);
    }
  });
});

const labels = { app: name };
/** Nobody binds its volumes or runs its pods, which are there all the same. */
const database: KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: {
      replicas: 5,
      podManagementPolicy: 'Parallel',
      serviceName: name,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'example/db:1' }] } },
      volumeClaimTemplates: [
        { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
    },
  },
];
