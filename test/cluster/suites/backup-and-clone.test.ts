import { types } from '@kubectl-dr/core/ports/kubernetes';
import { engine } from '@kubectl-dr/core/engines/velero/index';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { DrService, StartedOperation } from '@kubectl-dr/core/service/port';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import { openShop, orders, owner, readOrders, running, writeOrders } from '../targets/shop.ts';
import { removeNamespace } from '../targets/stage.ts';
import type { ProtectedCluster } from '../targets/velero.ts';
import { missingVelero, newStore, withVelero } from '../targets/velero.ts';

const target = inject('target');
const missing = missingVelero(target);
const caller = { name: 'alice' };

describe.skipIf(missing !== undefined)(`backup and restore on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let east: ProtectedCluster;
  let west: ProtectedCluster;
  let service: DrService;
  /** Another process that looks at the same clusters: the portal, say. */
  let portal: DrService;

  beforeAll(async () => {
    const store = newStore();
    [east, west] = [await withVelero(target, 'east', store), await withVelero(target, 'west', store)];
    const clusters = [east.client, west.client];
    const make = (holder: string): DrService =>
      createDrService({ clusters, reader: new ListReader(clusters), engines: [engine], clock: systemClock, holder });
    [service, portal] = [make('alice@test/1'), make('portal-1')];
    await openShop(east);
  });
  afterAll(async () => {
    await Promise.all([east?.close(), west?.close()]);
  });

  const backup = (): Promise<Plan> => service.plan({ intent: 'Backup', application: 'shop' }, caller);
  const restore = (namespace: string): Promise<Plan> =>
    service.plan({ intent: 'Restore', application: 'shop', mode: 'clone', namespace }, caller);
  const ended = async ({ run }: StartedOperation): Promise<Operation> => run();

  it('finds the application, and says that nothing protects it', async () => {
    const status = await service.application('shop');
    expect(status.application).toMatchObject({ name: 'shop', owner });
    expect(status.components.map(({ component }) => component.name).toSorted()).toEqual(['db', 'web']);
    expect(status.verdict).toBe('Unprotected');
    expect(status.components.find(({ component }) => component.name === 'db')!.volumes).toMatchObject([
      { cluster: 'east', namespace: 'shop', claim: 'data-db-0' },
    ]);
  });

  it('backs up, and then has a point that brings every component back', async () => {
    const plan = await backup();
    expect(plan.blockers).toEqual([]);
    const operation = await ended(await service.execute(plan, caller));
    expect(operation).toMatchObject({ state: 'Succeeded', requestedBy: 'alice' });
    const status = await service.application('shop');
    for (const component of status.components) {
      expect(component.point, `${component.component.name}: ${JSON.stringify(component.points[0]?.reasons)}`).toMatchObject({
        cluster: 'east',
        phase: 'Succeeded',
      });
      expect(component.points[0]!.usable).toBe('yes');
    }
    expect(status.components.find(({ component }) => component.name === 'db')!.volumes[0]!.capture).toMatchObject({ state: 'captured' });
  });

  it('shows the operation to everybody who looks at the clusters', async () => {
    const [operation] = await portal.operations({ application: 'shop' });
    expect(operation).toMatchObject({ state: 'Succeeded', plan: { intent: 'Backup', application: 'shop' } });
    expect(await portal.operation(operation!.id)).toEqual(operation);
  });

  it('restores beside the original, with the data of the point and quiet in the world', async () => {
    await writeOrders(east, { 'orders.csv': 'garbage' });
    const plan = await restore('shop-copy');
    expect(plan.blockers).toEqual([]);
    const operation = await ended(await service.execute(plan, caller));
    expect(operation, operation.message).toMatchObject({ state: 'Succeeded' });
    await running(east.client, 'shop-copy');
    expect(await readOrders(east, 'shop-copy')).toEqual(orders);
    expect(await readOrders(east)).toEqual({ 'orders.csv': 'garbage' });
    const get = (type: (typeof types)[keyof typeof types], name: string) => east.client.get({ type, namespace: 'shop-copy', name });
    expect((await get(types.configMaps, 'web')).data).toEqual({ page: 'hello', 'a.txt': 'ü' });
    expect((await get(types.secrets, 'db')).data).toEqual({ password: 'c2VjcmV0' });
    expect((await get(types.services, 'web')).spec).toMatchObject({ type: 'ClusterIP', selector: { app: 'web' } });
    expect((await get(types.cronJobs, 'mails')).spec).toMatchObject({ suspend: true, schedule: '0 3 * * *' });
    expect((await get(types.networkPolicies, 'kubectl-dr-isolate')).spec).toMatchObject({
      policyTypes: expect.arrayContaining(['Egress']),
    });
    // The original is as it was.
    expect((await east.client.get({ type: types.services, namespace: 'shop', name: 'web' })).spec).toMatchObject({ type: 'LoadBalancer' });
  });

  it('does not take the copy for a part of the application', async () => {
    const { components } = (await service.application('shop')).application;
    // As the plan's undo says.
    await removeNamespace(east.client, 'shop-copy');
    expect(components.flatMap(({ placements }) => placements.map(({ namespace }) => namespace))).toEqual(['shop', 'shop']);
  });

  it('leaves nothing of ours in the namespace of the engine but backups and restores', async () => {
    const { items } = await east.client.list(types.configMaps, { namespace: 'velero' });
    expect(items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt')).toEqual([]);
  });

  it('brings back what pods refer to, labelled or not', async () => {
    const bare = { type: types.configMaps, namespace: 'shop', name: 'bare' };
    await east.client.create(types.configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'bare', namespace: 'shop' },
      data: { a: 'b' },
    });
    const volumes = [{ name: 'bare', configMap: { name: 'bare' } }];
    await east.client.patch({ ...bare, type: types.deployments, name: 'web' }, 'merge', { spec: { template: { spec: { volumes } } } });
    await running(east.client);
    await ended(await service.execute(await backup(), caller));
    await ended(await service.execute(await restore('shop-again'), caller));
    try {
      expect((await east.client.get({ ...bare, namespace: 'shop-again' })).data).toEqual({ a: 'b' });
    } finally {
      await removeNamespace(east.client, 'shop-again');
    }
  });

  it('refuses a plan when the world is another than the one it was made for', async () => {
    const plan = await restore('shop-again');
    await east.client.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop-again' } });
    await expect(service.execute(plan, caller)).rejects.toMatchObject({ code: expect.stringMatching(/PLAN_(STALE|BLOCKED)/) });
    await removeNamespace(east.client, 'shop-again');
  });

  it('refuses a second operation on an application while one is going on, naming the holder', async () => {
    const started = await service.execute(await backup(), caller);
    const other = await portal.plan({ intent: 'Backup', application: 'shop' }, { name: 'bob' });
    await expect(portal.execute(other, { name: 'bob' })).rejects.toMatchObject({
      code: 'OPERATION_RUNNING',
      message: expect.stringContaining('alice@test/1'),
    });
    const done = await ended(started);
    expect(done, done.message).toMatchObject({ state: 'Succeeded' });
  });

  it('stops when somebody else cancels', async ({ skip }) => {
    if (!east.velero) return skip('nothing makes the real server slow');
    east.durations.backup = 60_000;
    try {
      const started = await service.execute(await backup(), caller);
      const running = ended(started);
      await eventually(async () => (await portal.operation(started.operation.id)).state === 'Running', 'it runs');
      await portal.cancel(started.operation.id, { name: 'bob' });
      expect(await running).toMatchObject({ state: 'Cancelled' });
    } finally {
      east.durations.backup = 300;
    }
  });

  it('brings back an application whose namespace is gone', async () => {
    await removeNamespace(east.client, 'shop');
    const { points } = await service.fleet();
    expect(points.filter(({ cluster }) => cluster === 'east').length).toBeGreaterThan(1);
  });
});
