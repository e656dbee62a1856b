import { veleroKinds } from '../engines/velero/kinds.ts';
import type { PolicyChange } from '../policy/rendering/model.ts';
import { FakeClock } from '../testing/clock.ts';
import { MemoryCluster } from '../testing/index.ts';
import { writes } from '../testing/memory-cluster.ts';
import { applyChanges } from './policies.ts';

const change = (cluster: string): PolicyChange => ({
  application: 'shop',
  policy: 'gold',
  owns: [],
  action: 'create',
  cluster,
  type: veleroKinds.schedules,
  object: { apiVersion: 'velero.io/v1', kind: 'Schedule', metadata: { name: 'dr-shop', namespace: 'velero' }, spec: {} },
});

it('a cluster that has gone since policies were compared is named, and nothing is written on the others either', async () => {
  const east = new MemoryCluster({ name: 'east', clock: new FakeClock(), types: Object.values(veleroKinds) });
  await expect(applyChanges([east], [change('east'), change('gone')], {})).rejects.toMatchObject({
    name: 'NotFoundError',
    code: 'UNKNOWN_CLUSTER',
    message: 'the cluster gone is not configured',
  });
  expect(east.calls.filter(({ verb }) => writes.includes(verb))).toEqual([]);
});
