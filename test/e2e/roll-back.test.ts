import { types } from '@kubectl-dr/core/ports/kubernetes';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
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
    // The copy of the state just left is newer, but nobody means it by "latest", nor is the data as young as that.
    const again = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'dataOnly' }, caller);
    expect(again.points).toEqual(plan.points);
    const { components } = await service.application('shop');
    const db = components.find(({ component }) => component.name === 'orders-db')!;
    expect(db.point?.name).toBe(plan.points[0]!.name);
    expect(db.points.filter(({ point }) => point.safety)).not.toEqual([]);
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

describe.each([
  ['an hour ahead', 3_600_000],
  ['an hour behind', -3_600_000],
])('with a local clock that is %s', (_, ahead) => {
  it('tells ages and windows by the clock of the cluster', async () => {
    await world.velero.backup('before', { includedNamespaces: ['shop'] });
    await world.pass(12);
    world.ahead = ahead;
    const service = world.service();
    const plan = await service.plan({ intent: 'Restore', application: 'shop', mode: 'dataOnly', point: '10m ago' }, caller);
    expect(plan.blockers).toEqual([]);
    expect(plan.dataLoss[0]).toMatchObject({ seconds: 720 });
    expect(Math.round((Date.parse(plan.expiresAt) - world.velero.clock.now().getTime()) / 60_000)).toBe(30);
    // Made here, executed on a machine whose clock is right, and the other way round.
    world.ahead = -ahead / 2;
    const done = await (await service.execute(plan, caller)).run();
    expect(Math.abs(Date.parse(done.requestedAt) - world.velero.clock.now().getTime())).toBeLessThan(600_000);
    expect(done.measured!.rtoSeconds).toBeLessThan(600);
    const left = Date.parse(done.undoUntil!) - world.velero.clock.now().getTime();
    expect(Math.round(left / 3_600_000)).toBe(24);
    expect(await service.releaseExpired(caller)).toEqual([]);
    await world.pass(31);
    await expect(service.execute(plan, caller)).rejects.toMatchObject({ code: 'PLAN_EXPIRED' });
    await world.pass(25 * 60);
    await expect(service.undo(done.id, caller)).rejects.toMatchObject({ message: expect.stringContaining('could be undone until') });
    expect(await service.releaseExpired(caller)).toMatchObject([{ id: done.id, state: 'Succeeded' }]);
    await world.velero.stage.idle();
    expect(await world.velero.names(types.persistentVolumes)).toHaveLength(1);
  });
});

it.each(['clone', 'inPlace'] as const)('warns of a %s when the point was made on a newer Kubernetes', async (mode) => {
  await world.velero.backup('before', { includedNamespaces: ['shop'] });
  const ref = { type: kinds.backups, namespace: 'velero', name: 'before' };
  const plan = () => world.service().plan({ intent: 'Restore', application: 'shop', mode }, caller);
  expect((await plan()).warnings.map(({ code }) => code)).not.toContain('VERSION_SKEW');
  await world.velero.stage.cluster.patch(ref, 'merge', {
    metadata: { annotations: { 'velero.io/source-cluster-k8s-gitversion': 'v1.37.0' } },
  });
  expect((await plan()).warnings.find(({ code }) => code === 'VERSION_SKEW')).toMatchObject({
    message: expect.stringContaining('v1.37.0'),
    fix: 'restore beside first and look: kubectl dr restore shop',
  });
});

it('brings one part back whole, configuration and data, leaves the others, and removes what was not there only when asked', async () => {
  await world.velero.backup('before', { includedNamespaces: ['shop'] });
  await world.pass(12);
  world.write(corrupt);
  const { cluster } = world.velero.stage;
  const secret = { type: types.secrets, namespace: 'shop', name: 'orders-db' };
  const page = { type: types.configMaps, namespace: 'shop', name: 'web' };
  await cluster.patch(secret, 'merge', { data: { password: 'bmV3' } });
  await cluster.patch(page, 'merge', { data: { page: 'new' } });
  const service = world.service();
  const plan = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'inPlace' }, caller);
  expect(plan.changes.filter(({ action }) => action !== 'leave').map(({ kind, name }) => `${kind}/${name}`)).toEqual([
    'PersistentVolumeClaim/data-orders-db-0',
    'Secret/orders-db',
  ]);
  const done = await (await service.execute(plan, caller)).run();
  expect(done).toMatchObject({ state: 'Succeeded', measured: { lossSeconds: 720 } });
  expect(await cluster.get(secret)).toMatchObject({ data: { password: 'b2xk' } });
  expect(await cluster.get(page)).toMatchObject({ data: { page: 'new' } });
  expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
  expect(await cluster.get(secret)).toMatchObject({ data: { password: 'bmV3' } });
  expect(await world.files()).toEqual(corrupt);
});

it('is not done as long as the check that the owner declared does not answer', async () => {
  const { cluster } = world.velero.stage;
  const set = { type: types.statefulSets, namespace: 'shop', name: 'orders-db' };
  await cluster.patch(set, 'merge', { metadata: { annotations: { 'kubectl-dr.dev/check': 'http://orders-db:8080/healthz' } } });
  await world.velero.backup('before', { includedNamespaces: ['shop'] });
  await world.pass(12);
  const service = world.service();
  const plan = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'dataOnly' }, caller);
  expect(plan.waves.flat().map(({ action }) => action)).toContainEqual(
    expect.objectContaining({ kind: 'check.http', service: 'orders-db', port: '8080', path: '/healthz' }),
  );
  // There is no such Service: the check cannot succeed, and the operation must not say that it did.
  const failed = await (await service.execute(plan, caller)).run();
  expect(failed).toMatchObject({ state: 'Failed', message: expect.stringContaining('/healthz') });
  expect(await (await service.undo(failed.id, caller)).run()).toMatchObject({ state: 'Undone' });
});

it('is blocked when nothing on the nodes could move the data', async () => {
  await world.velero.backup('before', { includedNamespaces: ['shop'], snapshotMoveData: true });
  await world.pass(12);
  await world.velero.stage.cluster.delete({ type: types.daemonSets, namespace: 'velero', name: 'node-agent' });
  await world.velero.stage.idle();
  const request = { intent: 'Restore' as const, application: 'shop', components: ['orders-db'] };
  const service = world.service();
  expect((await service.plan({ ...request, mode: 'dataOnly' }, caller)).blockers).toMatchObject([
    { code: 'ENGINE_DOWN', message: expect.stringContaining('node agent') },
  ]);
  expect((await service.plan({ ...request, mode: 'configOnly' }, caller)).blockers).toMatchObject([{ code: 'NOTHING_TO_DO' }]);
});

describe.each(methods)('a part that is gone, captured by %s', (_, spec) => {
  it('comes back, and undo takes away what was not there, claims and their data as well', async () => {
    world.catalogued = true;
    await world.velero.backup('before', { includedNamespaces: ['shop'], ...spec });
    await world.pass(12);
    const { cluster } = world.velero.stage;
    await cluster.delete({ type: types.statefulSets, namespace: 'shop', name: 'orders-db' });
    await world.velero.stage.idle();
    await cluster.delete({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data-orders-db-0' });
    await world.velero.stage.idle();
    const service = world.service();
    const plan = await service.plan({ intent: 'Restore', application: 'shop', components: ['orders-db'], mode: 'inPlace' }, caller);
    expect(plan.blockers).toEqual([]);
    expect(plan.undo.text).toContain('1 claim that did not exist before is removed again');
    const done = await (await service.execute(plan, caller)).run();
    expect(done).toMatchObject({ state: 'Succeeded' });
    expect(await world.files()).toEqual(good);
    expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
    expect(await world.velero.names(types.statefulSets, 'shop')).toEqual([]);
    expect(await world.velero.names(types.persistentVolumeClaims, 'shop')).toEqual([]);
    expect(await world.velero.names(types.persistentVolumes)).toEqual([]);
  });
});

it('brings a namespace back that is gone, with whatever of it is asked for', async () => {
  world.catalogued = true;
  await world.velero.backup('before', { includedNamespaces: ['shop'] });
  await world.pass(12);
  await world.velero.deleteNamespace('shop');
  for (const mode of ['configOnly', 'inPlace'] as const) {
    const service = world.service();
    const plan = await service.plan({ intent: 'Restore', application: 'shop', mode }, caller);
    expect(plan.blockers).toEqual([]);
    const done = await (await service.execute(plan, caller)).run();
    expect(done.steps.filter(({ state }) => state !== 'Succeeded')).toEqual([]);
    expect(await world.velero.names(types.deployments, 'shop')).toEqual(['web']);
    if (mode === 'inPlace') expect(await world.files()).toEqual(good);
    expect(await (await service.undo(done.id, caller)).run()).toMatchObject({ state: 'Undone' });
    expect(await world.velero.names(types.deployments, 'shop')).toEqual([]);
    await world.velero.deleteNamespace('shop');
  }
});
