import { types } from '@kubectl-dr/core/ports/kubernetes';
import { RollBackWorld } from './roll-back-world.ts';

const caller = { name: 'alice' };

const methods: [string, Record<string, unknown>][] = [
  ['a CSI snapshot', {}],
  ['a data mover', { snapshotMoveData: true }],
  ['a file system backup', { defaultVolumesToFsBackup: true }],
];
const good = { 'orders.csv': '1,apples\n2,pears\n' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };

let world: RollBackWorld;
beforeEach(async () => {
  world = await RollBackWorld.open();
});
afterEach(() => world.close());

describe.each(methods)('orders-db, captured by %s', (_, spec) => {
  beforeEach(async () => {
    await world.velero.backup('before', { includedNamespaces: ['shop'], ...spec });
    await world.pass(12);
    world.write(corrupt);
  });

  it('goes back to before the corruption while web keeps running, and undo brings the newer rows back', async () => {
    const service = world.service();
    const plan = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'dataOnly' }, caller);
    expect(plan.blockers).toEqual([]);
    expect(plan.dataLoss).toEqual([{ component: 'orders-db', seconds: 720, text: '12 minutes of orders-db' }]);
    const webBefore = await world.velero.names(types.pods, 'shop');
    const done = await (await service.execute(plan, caller)).run();
    expect(done.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
    expect(done).toMatchObject({ state: 'Succeeded', undoUntil: expect.any(String) });
    expect(await world.files()).toEqual(good);
    expect(await world.velero.names(types.pods, 'shop')).toEqual(webBefore);
    expect(await world.velero.get(types.statefulSets, 'orders-db', 'shop')).toMatchObject({
      spec: { replicas: 1 },
      status: { readyReplicas: 1 },
    });

    const undone = await (await world.service('other').undo(done.id, caller)).run();
    expect(undone.undo?.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
    expect(undone.state).toBe('Undone');
    expect(await world.files()).toEqual(corrupt);
    expect(await world.velero.names(types.pods, 'shop')).toEqual(webBefore);
    const [volume] = (await world.velero.stage.cluster.list(types.persistentVolumes)).items;
    expect(volume).toMatchObject({ spec: { persistentVolumeReclaimPolicy: 'Delete' } });
    expect(volume?.metadata.annotations?.['kubectl-dr.dev/kept-by']).toBeUndefined();
  });

  it('keeps the old volume until it is confirmed, and then gives it up', async () => {
    const service = world.service();
    const plan = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'dataOnly' }, caller);
    const done = await (await service.execute(plan, caller)).run();
    expect(await world.velero.names(types.persistentVolumes)).toHaveLength(2);
    const confirmed = await (await service.confirm(done.id, caller)).run();
    expect(confirmed).toMatchObject({ state: 'Succeeded', release: { endedAt: expect.any(String) } });
    expect(confirmed.undoUntil).toBeUndefined();
    await world.velero.stage.idle();
    expect(await world.velero.names(types.persistentVolumes)).toHaveLength(1);
    expect(await world.files()).toEqual(good);
    await expect(service.undo(done.id, caller)).rejects.toMatchObject({ message: expect.stringContaining('was confirmed') });
  });
});
