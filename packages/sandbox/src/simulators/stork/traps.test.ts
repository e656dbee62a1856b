import { engine } from '@kubectl-dr/core/engines/stork/index';
import { kinds } from '@kubectl-dr/core/engines/stork/kinds';
import { policyOf } from '@kubectl-dr/core/engines/stork/timetable';
import { nextRun, timetable } from '@kubectl-dr/core/policy/schedule';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { RecoveryPoint } from '@kubectl-dr/core/protection/model';
import { at, recordAt, textAt } from '../../api/json.ts';
import { StorkStage } from './stage.testing.ts';
import { triggered } from './trigger.ts';
import { backupLocation } from './stork.ts';

let stork: StorkStage;
beforeEach(async () => {
  stork = await StorkStage.open();
  await stork.shop();
});
afterEach(() => stork.stage.close());

const minute = 60_000;
const labels = { 'kubectl-dr.dev/operation': 'o-1', 'kubectl-dr.dev/step': 's' };
const request = (name: string) => ({ name, namespaces: ['shop'], labels, annotations: {} });

async function backUp(name: string, more: object = {}): Promise<RecoveryPoint> {
  await engine.startBackup(stork.context, { ...request(name), ...more });
  for (let looks = 0; looks < 50; looks += 1) {
    const { phase } = await engine.progressOfBackup(stork.context, name);
    if (phase !== 'Pending' && phase !== 'Running') break;
    await stork.time.sleep(1_000);
  }
  return (await stork.state()).points.find((point) => point.name === name)!;
}

async function restore(point: RecoveryPoint, namespaceMapping: Record<string, string>, more: object = {}): Promise<void> {
  await engine.startRestore(stork.context, {
    name: 'back',
    point,
    namespaces: ['shop'],
    namespaceMapping,
    rewrites: [],
    labels,
    annotations: {},
    ...more,
  });
  for (let looks = 0; looks < 50 && (await engine.progressOfRestore(stork.context, 'back')).phase !== 'Succeeded'; looks += 1)
    await stork.time.sleep(1_000);
}

async function change(type: (typeof kinds)[keyof typeof kinds], name: string, body: object): Promise<void> {
  await stork.stage.cluster.patch({ type, name, namespace: 'kube-system' }, 'merge', body);
  await stork.stage.idle();
}

describe('no schema and no status subresource', () => {
  it('what is written is a patch, and what newer versions keep in the object stays', async () => {
    const point = await backUp('one');
    await change(kinds.backups, 'one', {
      spec: { reclaimPolicy: 'Retain', newerThanUs: { a: 1 } },
      metadata: { finalizers: ['somebody/else'] },
    });
    await engine.removePoint!(stork.context, point);
    const live = (await stork.get(kinds.backups, 'one'))!;
    expect(live.metadata.deletionTimestamp).toBeDefined();
    expect(live.spec).toMatchObject({ reclaimPolicy: 'Delete', newerThanUs: { a: 1 }, namespaces: ['shop'] });
  });

  it('a namespace that a backup may not speak about is left without a word, and told here after a while', async () => {
    const { cluster } = stork.stage;
    await cluster.create(kinds.locations, {
      ...backupLocation('store', 'backups', 'https://x.invalid'),
      metadata: { name: 'store', namespace: 'shop' },
    });
    const spec = { namespaces: ['kube-system'], backupLocation: 'store' };
    await cluster.create(kinds.backups, {
      apiVersion: 'stork.libopenstorage.org/v1alpha1',
      kind: 'ApplicationBackup',
      metadata: { name: 'sly', namespace: 'shop' },
      spec,
    });
    await stork.time.sleep(9 * minute);
    const context = { ...stork.context, namespace: 'shop' };
    expect(await engine.progressOfBackup(context, 'sly')).toMatchObject({ phase: 'Pending' });
    await stork.time.sleep(2 * minute);
    expect(await engine.progressOfBackup(context, 'sly')).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('ApplicationBackup shop/sly'),
    });
  });

  it('what began and shows no heartbeat for an hour is given up', async () => {
    await engine.startBackup(stork.context, request('one'));
    stork.behaviour.down = true;
    await change(kinds.backups, 'one', {
      status: { stage: 'Volumes', status: 'InProgress', lastUpdateTimestamp: stork.clock.now().toISOString() },
    });
    await stork.time.sleep(59 * minute);
    expect((await engine.progressOfBackup(stork.context, 'one')).phase).toBe('Running');
    await stork.time.sleep(2 * minute);
    expect(await engine.progressOfBackup(stork.context, 'one')).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('no progress since'),
    });
  });
});

describe('credentials', () => {
  it('are in no error of a store that does not let us in', async () => {
    const point = await backUp('one');
    stork.store.remove('backups/kube-system');
    await change(kinds.locations, 'store', {
      location: { s3Config: { endpoint: 'https://nowhere.invalid', secretAccessKey: 'SECRET-1', accessKeyID: 'SECRET-2' } },
    });
    const error = await engine.objects(stork.context, point, ['shop']).catch((thrown: Error) => thrown);
    expect(JSON.stringify([String(error), error, (error as Error).cause])).not.toMatch(/SECRET|Signature/);
  });

  it('in a Secret open the store as well, and what Stork encrypted is read', async () => {
    const { cluster } = stork.stage;
    const data = { accessKeyID: btoa('open'), secretAccessKey: btoa('sesame\n'), encryptionKey: btoa('passphrase'), path: btoa('backups') };
    await cluster.create(types.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: 'kube-system' }, data });
    const point = await backUp('one');
    await change(kinds.locations, 'store', {
      location: { secretConfig: 'keys', path: null, s3Config: { accessKeyID: null, secretAccessKey: null } },
    });
    await expect(engine.objects(stork.context, point, ['shop'])).rejects.toMatchObject({ code: 'CONTENTS_UNREADABLE' });
    for (const path of stork.store.paths().filter((one) => one.endsWith('.json')))
      stork.store.put(path, await encrypted(stork.store.get(path)!, 'passphrase'));
    expect((await engine.objects(stork.context, point, ['shop'])).map(({ kind }) => kind)).toContain('StatefulSet');
  });

  it.each(['azure', 'google', 'nfs'])(
    'of a location of type %s are not looked for: it is said that nobody reads it from here',
    async (type) => {
      const point = await backUp('one');
      await change(kinds.locations, 'store', { location: { type } });
      await expect(engine.objects(stork.context, point, ['shop'])).rejects.toMatchObject({
        code: 'CONTENTS_UNREADABLE',
        message: expect.stringContaining(type),
      });
      // What the status lists is told all the same.
      expect((await engine.contents(stork.context, point)).volumes).toMatchObject([{ claim: 'data-db-0', state: 'captured' }]);
    },
  );
});

async function encrypted(bytes: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(passphrase));
  const key = await crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return Buffer.concat([iv, new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes as BufferSource))]);
}

describe('what is inside', () => {
  it('is read from its file where the list is too long for the status (largeResourceEnabled)', async () => {
    stork.behaviour.largeAbove = 10;
    const point = await backUp('one');
    const live = (await stork.get(kinds.backups, 'one'))!;
    expect([at(live, 'status', 'largeResourceEnabled'), at(live, 'status', 'resources')]).toEqual([true, []]);
    expect((await engine.contents(stork.context, point)).objects).toContainEqual({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      namespace: 'shop',
      name: 'db',
    });
  });

  it('is never read from a path of another namespace, whatever a status says', async () => {
    const point = await backUp('one');
    for (const backupPath of ['others/secret/uid', 'kube-system/../others/uid']) {
      await change(kinds.backups, 'one', { status: { backupPath } });
      await expect(engine.objects(stork.context, point, ['shop'])).rejects.toMatchObject({ code: 'CONTENTS_UNREADABLE' });
    }
  });
});

describe('restores', () => {
  it('replace nothing: what is there is retained and no failure, although Stork calls it PartialSuccess', async () => {
    const point = await backUp('one');
    await stork.write('shop', 'data-db-0', { 'orders.csv': 'newer' });
    await restore(point, {});
    const live = (await stork.get(kinds.restores, 'back'))!;
    expect([textAt(live, 'status', 'status'), textAt(live, 'spec', 'replacePolicy')]).toEqual(['PartialSuccess', 'Retain']);
    expect(await engine.progressOfRestore(stork.context, 'back')).toMatchObject({ phase: 'Succeeded', nativePhase: 'PartialSuccess' });
    expect(await engine.outcomeOfRestore(stork.context, 'back')).toMatchObject({ failed: 0, errors: [] });
    expect(await stork.read('shop', 'data-db-0')).toEqual({ 'orders.csv': 'newer' });
  });

  it('bring the data of claims back beside, and leave out what was not asked for', async () => {
    const point = await backUp('one');
    await stork.stage.cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'copy' } });
    await restore(point, { shop: 'copy' }, { includedResources: ['persistentvolumeclaims', 'statefulsets.apps'] });
    expect(await stork.read('copy', 'data-db-0')).toEqual({ 'orders.csv': '1,apples\n2,pears\n' });
    const { items } = await stork.stage.cluster.list(types.configMaps, { namespace: 'copy' });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt']);
  });

  it('mark nothing, so what came back is known by their record: not what was made again by somebody else', async () => {
    const point = await backUp('one');
    await stork.stage.cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'copy' } });
    await restore(point, { shop: 'copy' });
    const of = (name: string) => stork.stage.cluster.get({ type: types.configMaps, namespace: 'copy', name });
    expect(await engine.isRestoredBy(await of('web'), 'back', stork.context)).toBe(true);
    await stork.time.sleep(minute);
    await stork.stage.cluster.delete({ type: types.configMaps, namespace: 'copy', name: 'web' });
    await stork.stage.cluster.create(types.configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: 'copy' },
    });
    expect(await engine.isRestoredBy(await of('web'), 'back', stork.context)).toBe(false);
  });

  it('change nothing on its way, and are refused where a copy would act in the world', async () => {
    const point = await backUp('one');
    const rewrites = [{ resource: 'services', namespace: 'shop', name: 'web', patches: [] }];
    await expect(restore(point, { shop: 'copy' }, { rewrites })).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('shop/web'),
    });
    expect(await stork.get(kinds.restores, 'back')).toBeUndefined();
  });

  it('of a backup in another namespace are refused before anything is written, and foreseen', async () => {
    const point = { ...(await backUp('one')), namespace: 'shop' };
    await expect(restore(point, {})).rejects.toMatchObject({ name: 'InputError' });
    const intended = { restore: { point, namespaces: ['shop'], namespaceMapping: {} } };
    expect(await engine.foresee!(stork.context, intended)).toMatchObject([{ code: 'POINT_UNUSABLE', severity: 'blocker' }]);
  });
});

describe('a location', () => {
  it('has to be named where there is more than one, for none is a default', async () => {
    await stork.stage.cluster.create(kinds.locations, backupLocation('second', 'other', 'https://x.invalid'));
    await expect(engine.startBackup(stork.context, request('one'))).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('second, store'),
    });
    expect(await engine.foresee!(stork.context, { backup: request('one') })).toMatchObject([
      { code: 'LOCATION_MISSING', severity: 'blocker' },
    ]);
    expect((await backUp('one', { location: 'second' })).location).toBe('second');
  });

  it('with a typo, which the server let through, is told before a backup fails in it', async () => {
    await change(kinds.locations, 'store', { location: { type: 'S3' } });
    expect(await engine.foresee!(stork.context, { backup: request('one') })).toMatchObject([
      { code: 'LOCATION_UNAVAILABLE', message: expect.stringContaining('"S3"') },
    ]);
  });
});

describe('removing', () => {
  it('takes what lies in the store along, and never what is pinned', async () => {
    const point = await backUp('one');
    expect(stork.store.paths()).not.toEqual([]);
    await change(kinds.backups, 'one', { metadata: { annotations: { 'kubectl-dr.dev/pinned': 'true' } } });
    await expect(engine.removePoint!(stork.context, point)).rejects.toMatchObject({ name: 'ConflictError' });
    await change(kinds.backups, 'one', { metadata: { annotations: { 'kubectl-dr.dev/pinned': null } } });
    await engine.removePoint!(stork.context, point);
    await stork.stage.idle();
    expect(stork.store.paths()).toEqual([]);
  });
});

describe('a schedule', () => {
  const every = {
    name: 'dr-shop',
    namespaces: ['shop'],
    every: 15 * minute,
    keepFor: 45 * minute,
    location: 'store',
    labels: { 'kubectl-dr.dev/application': 'shop' },
    annotations: {},
  };
  const apply = async (schedule: typeof every | object): Promise<void> => {
    const { render, type, timetable: own } = engine.schedule!;
    await stork.stage.cluster.create(own!.type, own!.render(schedule as typeof every, 'kube-system'));
    await stork.stage.cluster.create(type, render(schedule as typeof every, 'kube-system'));
    await stork.stage.idle();
  };
  const pass = async (milliseconds: number, step = minute): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += step) await stork.time.sleep(step);
  };

  it('makes points of its own that carry its labels, and keeps as many as its policy says', async () => {
    await apply(every);
    await pass(100 * minute);
    const { points, schedules } = await stork.state();
    const good = points.filter(({ phase }) => phase === 'Succeeded');
    expect(good).toHaveLength(3);
    expect(good[0]).toMatchObject({ schedule: 'dr-shop', application: 'shop', location: 'store' });
    expect(good[0]!.removedBy).toBeUndefined();
    const times = good.map(({ capturedAt }) => Date.parse(capturedAt!)).sort((a, b) => a - b);
    expect(times[1]! - times[0]!).toBeLessThanOrEqual(16 * minute);
    expect(schedules[0]).toMatchObject({ expression: '@every 15m', keepFor: 45 * minute, paused: false });
    expect(Date.parse(schedules[0]!.lastRun!)).toBeGreaterThanOrEqual(Math.max(...times) - 1_000);
  });

  it('that is suspended makes none', async () => {
    await apply(every);
    await change(kinds.backupSchedules, 'dr-shop', { spec: { suspend: true } });
    await pass(2 * minute);
    const before = (await stork.state()).points.length;
    await pass(40 * minute);
    expect((await stork.state()).points).toHaveLength(before);
    expect((await stork.state()).schedules[0]!.paused).toBe(true);
  });

  it('of a time of day that was missed for an hour leaves the day out', () => {
    const policy = { daily: { time: '3:00AM' } };
    const last = new Date('2026-01-14T03:00:10Z');
    expect(triggered(policy, 'Daily', last, new Date('2026-01-15T02:59:00Z'))).toBe(false);
    expect(triggered(policy, 'Daily', last, new Date('2026-01-15T03:59:00Z'))).toBe(true);
    expect(triggered(policy, 'Daily', last, new Date('2026-01-15T04:00:00Z'))).toBe(false);
  });

  it.each(['15 3 * * *', '0 0 * * 0', '30 23 * * FRI', '0 12 1 * *', '0 23 31 * *', '0 1 29 * *'])(
    'runs when its cron says, by the arithmetic of Stork: %s',
    (cron) => {
      const policy = policyOf({ cron, keepFor: 30 * 24 * 60 * minute });
      const type = ({ daily: 'Daily', weekly: 'Weekly', monthly: 'Monthly' } as const)[Object.keys(policy)[0] as 'daily'];
      const table = timetable(cron)!;
      const runs: number[] = [];
      let last = new Date('2026-01-01T00:00:00Z');
      const end = Date.parse('2027-01-01T00:00:00Z');
      for (let now = last.getTime() + 30 * minute; now < end; now += 30 * minute) {
        if (!triggered(policy, type, last, new Date(now))) continue;
        last = new Date(now);
        runs.push(now);
      }
      const wanted: number[] = [];
      for (let next = nextRun(table, new Date('2026-01-01T00:00:00Z')); next && next.getTime() < end; next = nextRun(table, next))
        wanted.push(next.getTime());
      expect(runs.length).toBe(wanted.filter((time) => time + 30 * minute < end).length);
      for (const [index, run] of runs.entries()) expect(run - wanted[index]!).toBeLessThanOrEqual(30 * minute);
    },
  );
});

it('a point of a cluster that is gone is restored on another one, by the backup that its location brings there', async () => {
  const point = await backUp('one');
  const backup = (await stork.get(kinds.backups, 'one'))!;
  const west = await StorkStage.open('west', stork.store, stork.clock);
  try {
    // What `sync: true` of a BackupLocation does: the same object again, with its status.
    const { spec, status } = backup as KubeObject & { spec: object; status: object };
    await west.stage.cluster.create(kinds.backups, {
      apiVersion: backup.apiVersion,
      kind: backup.kind,
      metadata: { name: 'one', namespace: 'kube-system' },
      spec,
      status,
    });
    await west.stage.cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await west.stage.idle();
    const [there] = (await west.state()).points;
    expect(there).toMatchObject({ cluster: 'west', phase: 'Succeeded', capturedAt: point.capturedAt });
    await engine.startRestore(west.context, {
      name: 'back',
      point: there!,
      namespaces: ['shop'],
      namespaceMapping: {},
      rewrites: [],
      labels,
      annotations: {},
    });
    for (let looks = 0; looks < 10; looks += 1) await west.time.sleep(1_000);
    expect(await west.read('shop', 'data-db-0')).toEqual({ 'orders.csv': '1,apples\n2,pears\n' });
    expect(recordAt((await west.get(kinds.restores, 'back'))!, 'status').status).toBe('Successful');
  } finally {
    west.stage.close();
  }
});
