import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { engine } from '@kubectl-dr/core/engines/velero/index';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { VeleroStage } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';

const caller = { name: 'alice' };
const owner = 'group:default/team-shop';

/** A database with its volume and a web server that depends on it, described by labels alone. Time passes while somebody waits. */
class World {
  readonly velero: VeleroStage;
  readonly clock: Clock;

  private constructor(velero: VeleroStage) {
    this.velero = velero;
    this.clock = {
      now: () => velero.clock.now(),
      sleep: async (milliseconds, signal) => {
        signal?.throwIfAborted();
        await velero.clock.advance(milliseconds);
        await velero.stage.idle();
        signal?.throwIfAborted();
      },
    };
  }

  static async open(): Promise<World> {
    const world = new World(await VeleroStage.open());
    for (const object of shop()) await world.velero.create(object);
    await world.velero.stage.idle();
    world.write({ 'orders.csv': '1,apples\n2,pears\n' });
    return world;
  }

  service(holder = 'me'): DrService {
    const clusters = [this.velero.stage.cluster];
    return createDrService({ clusters, reader: new ListReader(clusters), engines: [engine], clock: this.clock, holder });
  }

  write(files: Record<string, string>): void {
    this.velero.write('shop', 'data-orders-db-0', files);
  }

  files() {
    return this.velero.read('shop', 'data-orders-db-0');
  }

  async pass(minutes: number): Promise<void> {
    await this.velero.clock.advance(minutes * 60_000);
    await this.velero.stage.idle();
  }

  close(): void {
    this.velero.stage.close();
  }
}

function shop(): KubeObject[] {
  const labels = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop' });
  const metadata = (name: string, extra: Record<string, unknown> = {}) => ({ name, namespace: 'shop', labels: labels(name), ...extra });
  const pods = (name: string, spec: Record<string, unknown> = {}) => ({
    metadata: { labels: labels(name) },
    spec: { containers: [{ name: 'main', image: `example/${name}:1`, ...spec }] },
  });
  const selector = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', annotations: { 'kubectl-dr.dev/owner': owner } } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'orders-db', namespace: 'shop' }, data: { password: 'b2xk' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' }, data: { page: 'hello' } },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata('orders-db'),
      spec: {
        replicas: 1,
        serviceName: 'orders-db',
        selector: selector('orders-db'),
        template: pods('orders-db', {
          env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'orders-db', key: 'password' } } }],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        }),
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('web', { annotations: { 'kubectl-dr.dev/depends-on': 'orders-db' } }),
      spec: { replicas: 2, selector: selector('web'), template: pods('web', { envFrom: [{ configMapRef: { name: 'web' } }] }) },
    },
  ] as KubeObject[];
}

const methods: [string, Record<string, unknown>][] = [
  ['a CSI snapshot', {}],
  ['a data mover', { snapshotMoveData: true }],
  ['a file system backup', { defaultVolumesToFsBackup: true }],
];
const good = { 'orders.csv': '1,apples\n2,pears\n' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };

let world: World;
beforeEach(async () => {
  world = await World.open();
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
