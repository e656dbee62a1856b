import { kinds } from '@kubectl-dr/core/engines/volsync/kinds';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { PromoteRequest, ReplicationProgress, ReplicationRequest, SyncRequest } from '@kubectl-dr/core/ports/replication';
import type { Replication } from '@kubectl-dr/core/protection/model';
import { lagOf } from '@kubectl-dr/core/protection/replication';
import { snapshotKinds } from '@kubectl-dr/core/engines/snapshot-kinds';
import { textAt } from '../../api/json.ts';
import { volsyncPair } from './pair.testing.ts';

let pair: Awaited<ReturnType<typeof volsyncPair>>;
const volsync = () => pair.engine.replicator!;
const place = (cluster: string) => ({ cluster, namespace: 'shop' });
const requestOf = (): ReplicationRequest => ({
  name: 'dr-shop',
  source: place('east'),
  target: place('west'),
  claims: [pair.claim],
  every: 5 * 60_000,
  labels: {},
  annotations: {},
});

afterEach(() => pair.close?.());

/** Both ends, told by what each cluster holds. */
async function endsNow(): Promise<{ source: Replication; target: Replication }> {
  const all: Replication[] = [];
  for (const { cluster } of [pair.east, pair.west]) {
    const objects = new Map<string, KubeObject[]>();
    for (const type of pair.engine.kinds) objects.set(resourceKey(type), (await cluster.list(type)).items);
    all.push(...pair.engine.interpret({ cluster: cluster.name, now: pair.clock.now(), age: 0, objects, failures: new Map() }).replications);
  }
  return { source: all.find(({ role }) => role === 'source')!, target: all.find(({ role }) => role === 'target')! };
}

async function began(text = 'one', mover: 'restic' | 'rsyncTLS' = 'restic'): Promise<void> {
  pair = await volsyncPair(mover);
  await pair.write(pair.ends.source, 'data', text);
  await pair.begin(requestOf());
}

async function syncOf(name: string, more: Partial<SyncRequest> = {}): Promise<SyncRequest> {
  const { source, target } = await endsNow();
  return { name, sources: [source], targets: [target], ...more };
}

async function promotionOf(more: Partial<PromoteRequest> = {}): Promise<PromoteRequest> {
  const labels = { 'kubectl-dr.dev/operation': 'o-1', 'kubectl-dr.dev/step': 's' };
  return { name: 'p-1', targets: [(await endsNow()).target], labels, annotations: {}, ...more };
}

async function ended(look: () => Promise<ReplicationProgress>, settle = pair.settle): Promise<ReplicationProgress> {
  for (let looks = 0; looks < 400; looks += 1) {
    const progress = await look();
    if (progress.phase !== 'Running') return progress;
    await settle();
  }
  throw new Error('it does not end');
}

async function synced(name: string): Promise<void> {
  const request = await syncOf(name);
  expect(await ended(() => volsync().sync(pair.ends, request))).toMatchObject({ phase: 'Succeeded' });
  await volsync().endSync(pair.ends, request);
}

const objectOf = async (role: 'source' | 'target'): Promise<KubeObject> => {
  const { cluster } = role === 'source' ? pair.east : pair.west;
  return cluster.get({ type: role === 'source' ? kinds.sources : kinds.destinations, name: 'dr-shop-data', namespace: 'shop' });
};

const minutes = async (count: number): Promise<void> => {
  await pair.clock.advance(count * 60_000);
  await pair.idle();
};

describe('a trigger by hand', () => {
  it.each(['restic', 'rsyncTLS'] as const)('is told as done by a sync that was under way, which does not count (%s)', async (mover) => {
    await began('one', mover);
    await synced('sync-1');
    // Somebody begins one, whose copy is cut before this is written.
    const { name, namespace } = (await endsNow()).source;
    await pair.east.cluster.patch({ type: kinds.sources, name, namespace }, 'merge', { spec: { trigger: { manual: 'mine' } } });
    await pair.idle();
    expect(textAt(await objectOf('source'), 'status', 'lastSyncStartTime')).not.toBe('');
    await pair.write(pair.ends.source, 'data', 'two');
    const request = await syncOf('final');
    expect(await ended(() => volsync().sync(pair.ends, request))).toMatchObject({ phase: 'Succeeded' });
    const promotion = await promotionOf();
    expect(await ended(() => volsync().promote(pair.ends.target, promotion))).toMatchObject({ phase: 'Succeeded' });
    expect(await pair.read(pair.ends.target, 'data')).toBe('two');
  });

  it('stops the schedule until it is taken away, which is told, and `endSync` takes it away', async () => {
    await began();
    const request = await syncOf('sync-1');
    await ended(() => volsync().sync(pair.ends, request));
    const before = textAt(await objectOf('source'), 'status', 'lastSyncTime');
    await minutes(30);
    expect(textAt(await objectOf('source'), 'status', 'lastSyncTime')).toBe(before);
    expect((await endsNow()).source.message).toContain('the manual trigger sync-1 stops its schedule');
    await volsync().endSync(pair.ends, request);
    await minutes(10);
    expect(textAt(await objectOf('source'), 'status', 'lastSyncTime') > before).toBe(true);
    expect((await endsNow()).source).toMatchObject({ interval: 5 * 60_000, phase: 'Succeeded' });
    expect((await endsNow()).source.message).toBeUndefined();
  });

  it('that somebody else left is given back', async () => {
    await began();
    const { name, namespace } = (await endsNow()).source;
    await pair.east.cluster.patch({ type: kinds.sources, name, namespace }, 'merge', { spec: { trigger: { manual: 'mine' } } });
    await synced('sync-1');
    expect(textAt(await objectOf('source'), 'spec', 'trigger', 'manual')).toBe('mine');
  });
});

it('a sync of a paused end fails, and names it', async () => {
  await began();
  await synced('sync-1');
  await volsync().pause(pair.ends.source, [(await endsNow()).source], true);
  expect(await volsync().sync(pair.ends, await syncOf('sync-2'))).toMatchObject({
    phase: 'Failed',
    message: 'ReplicationSource shop/dr-shop-data on east is paused',
  });
});

it('nobody acting on a trigger ends Failed after ten minutes of the cluster, and names the object', async () => {
  await began();
  await synced('sync-1');
  pair.behaviour.down = true;
  const request = await syncOf('sync-2');
  expect(await volsync().sync(pair.ends, request)).toMatchObject({ phase: 'Running' });
  await minutes(11);
  expect(await volsync().sync(pair.ends, request)).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('dr-shop-data on east: nobody acts'),
  });
});

it('a Secret that is missing is told by name', async () => {
  await began();
  await synced('sync-1');
  await pair.east.cluster.delete({ type: types.secrets, name: 'volsync-data-from-east', namespace: 'shop' });
  const request = await syncOf('sync-2');
  await volsync().sync(pair.ends, request);
  await pair.settle();
  await pair.settle();
  await pair.settle();
  expect((await endsNow()).source).toMatchObject({
    phase: 'Failed',
    nativePhase: 'Error',
    message: 'Secret "volsync-data-from-east" not found',
  });
  expect(await volsync().foresee!(pair.ends.source, { render: requestOf(), end: 'source' })).toMatchObject([
    { code: 'REPLICATION_SECRET_MISSING' },
  ]);
  expect(await volsync().foresee!(pair.ends.target, { render: requestOf(), end: 'target' })).toEqual([]);
  await minutes(11);
  expect(await volsync().sync(pair.ends, request)).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('volsync-data-from-east'),
  });
});

it.each([
  ['is not there', undefined, 'Secret "volsync-rsync-tls-dr-shop-data" not found'],
  ['has no psk.txt', { key: btoa('volsync:00') }, 'secret should have fields: psk.txt'],
  ['is another than the one of the target', { 'psk.txt': btoa('volsync:00') }, 'handshake failure'],
] as const)('a key of rsync-TLS that %s is told, and nothing arrives', async (_, data, message) => {
  await began('one', 'rsyncTLS');
  await synced('sync-1');
  const ref = { type: types.secrets, name: 'volsync-rsync-tls-dr-shop-data', namespace: 'shop' };
  await pair.east.cluster.delete(ref);
  if (data)
    await pair.east.cluster.create(ref.type, { apiVersion: 'v1', kind: 'Secret', metadata: { name: ref.name, namespace: 'shop' }, data });
  const held = (await endsNow()).target.capturedAt;
  const request = await syncOf('sync-2');
  await volsync().sync(pair.ends, request);
  await minutes(11);
  expect((await endsNow()).source).toMatchObject({ phase: 'Failed', message: expect.stringContaining(message) });
  expect((await endsNow()).target.capturedAt).toBe(held);
  expect(await volsync().sync(pair.ends, request)).toMatchObject({ phase: 'Failed', message: expect.stringContaining(message) });
});

it('a target that restores `previous` is as old as what it restored, and is promoted as that', async () => {
  await began();
  await synced('sync-1');
  const first = (await endsNow()).source.capturedAt!;
  await minutes(20);
  const { name, namespace } = (await endsNow()).target;
  const behind = (await endsNow()).source.capturedAt!;
  await pair.write(pair.ends.source, 'data', 'two');
  await pair.west.cluster.patch({ type: kinds.destinations, name, namespace }, 'merge', { spec: { restic: { previous: 1 } } });
  await synced('sync-2');
  const { target, source } = await endsNow();
  expect(Date.parse(target.capturedAt!)).toBeGreaterThan(Date.parse(first));
  expect(Date.parse(target.capturedAt!)).toBeLessThan(Date.parse(source.capturedAt!));
  expect(Date.parse(target.capturedAt!)).toBeGreaterThanOrEqual(Date.parse(behind));
  const promotion = await promotionOf();
  expect(await ended(() => volsync().promote(pair.ends.target, promotion))).toMatchObject({ phase: 'Succeeded' });
  expect(await pair.read(pair.ends.target, 'data')).toBe('one');
});

describe('a repository', () => {
  it('that is empty is restored with success, and is not promoted', async () => {
    pair = await volsyncPair();
    await pair.begin({ ...requestOf(), source: { cluster: 'east', namespace: 'away' } });
    await minutes(1);
    expect(textAt(await objectOf('target'), 'status', 'latestMoverStatus', 'result')).toBe('Successful');
    const { target } = await endsNow();
    expect(target.holds).toBe(false);
    expect(target.capturedAt).toBeUndefined();
    const promotion = await promotionOf();
    expect(await ended(() => volsync().promote(pair.ends.target, promotion))).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('dr-shop-data'),
    });
    expect(await volsync().foresee!(pair.ends.target, { promote: promotion })).toMatchObject([
      { code: 'REPLICATION_EMPTY', severity: 'blocker' },
    ]);
  });

  it('is pulled once more before its image is promoted', async () => {
    await began();
    await synced('sync-1');
    await pair.write(pair.ends.source, 'data', 'two');
    // Only the source synchronises: what it sent is not at the target yet.
    const { source } = await endsNow();
    await ended(() => volsync().sync(pair.ends, { name: 'half', sources: [source], targets: [] }));
    const promotion = await promotionOf();
    expect(await ended(() => volsync().promote(pair.ends.target, promotion))).toMatchObject({ phase: 'Succeeded' });
    expect(await pair.read(pair.ends.target, 'data')).toBe('two');
  });

  it('that cannot be reached any more leaves the image of before, after ten minutes', async () => {
    await began();
    await synced('sync-1');
    pair.between.cut = true;
    const promotion = await promotionOf();
    const done = await ended(
      () => volsync().promote(pair.ends.target, promotion),
      async () => minutes(1),
    );
    expect(done).toMatchObject({ phase: 'Succeeded' });
    expect(await pair.read(pair.ends.target, 'data')).toBe('one');
  });

  it('goes back to an earlier instant by a destination of our own, and the standing one stays as it was', async () => {
    await began();
    await synced('sync-1');
    await minutes(10);
    const asOf = pair.clock.now().toISOString();
    await minutes(1);
    await pair.write(pair.ends.source, 'data', 'encrypted');
    await synced('sync-2');
    const tooOld = await promotionOf({ name: 'p-0', asOf: '2020-01-01T00:00:00Z' });
    expect(await ended(() => volsync().promote(pair.ends.target, tooOld))).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('nothing of 2020'),
    });
    const promotion = await promotionOf({ asOf });
    const done = await ended(() => volsync().promote(pair.ends.target, promotion));
    expect(done.phase).toBe('Succeeded');
    expect(Date.parse(done.claims[0]!.capturedAt!)).toBeLessThanOrEqual(Date.parse(asOf));
    expect(await pair.read(pair.ends.target, 'data')).toBe('one');
    expect(textAt(await objectOf('target'), 'spec', 'restic', 'restoreAsOf')).toBe('');
    await volsync().endPromotion(pair.ends.target, promotion);
    const left = (await pair.west.cluster.list(kinds.destinations, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name);
    expect(left).not.toContain('p-1-data');
  });
});

it('a copy without a repository goes back to an image that somebody had kept, and to none besides', async () => {
  await began('one', 'rsyncTLS');
  await synced('sync-1');
  const first = textAt(await objectOf('target'), 'status', 'latestImage', 'name');
  const image = { type: snapshotKinds.snapshots, namespace: 'shop', name: first };
  await pair.west.cluster.patch(image, 'merge', { metadata: { labels: { 'volsync.backube/do-not-delete': 'before-upgrade' } } });
  await minutes(10);
  const asOf = pair.clock.now().toISOString();
  await minutes(1);
  await pair.write(pair.ends.source, 'data', 'encrypted');
  await synced('sync-2');
  const { target } = await endsNow();
  const kept = await volsync().earlier!(pair.ends.target, target);
  expect(kept).toMatchObject([{ name: textAt(await objectOf('target'), 'status', 'latestImage', 'name') }, { name: first }]);
  const tooOld = await promotionOf({ name: 'p-0', asOf: '2020-01-01T00:00:00Z' });
  expect(await ended(() => volsync().promote(pair.ends.target, tooOld))).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('no image of 2020'),
  });
  const promotion = await promotionOf({ asOf });
  const done = await ended(() => volsync().promote(pair.ends.target, promotion));
  expect(done).toMatchObject({ phase: 'Succeeded', claims: [{ capturedAt: kept![1]!.cutAt }] });
  expect(await pair.read(pair.ends.target, 'data')).toBe('one');
  await volsync().endPromotion(pair.ends.target, promotion);
  const left = (await pair.west.cluster.list(snapshotKinds.snapshots, { namespace: 'shop' })).items;
  // What somebody had kept stays theirs, and the newest stays.
  expect(left.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(kept!.map(({ name }) => name)));
});

it('a target that pulls the same again and again is as old as what it pulled, not as its last sync', async () => {
  await began();
  await synced('sync-1');
  const sent = (await endsNow()).target.capturedAt!;
  await volsync().pause(pair.ends.source, [(await endsNow()).source], true);
  await minutes(60);
  const { target } = await endsNow();
  expect(Date.parse(target.lastSync!)).toBeGreaterThan(pair.clock.now().getTime() - 10 * 60_000);
  expect(target.capturedAt).toBe(sent);
  expect(lagOf(target, pair.clock.now())!.intervals).toBeGreaterThan(11);
});

it('the image of a drill is kept from the next sync, and given back', async () => {
  await began();
  await synced('sync-1');
  await pair.west.cluster.create(types.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'drill' } });
  const image = textAt(await objectOf('target'), 'status', 'latestImage', 'name');
  const waiting: KubeObject = { ...pair.claim, spec: { ...(pair.claim.spec as object), storageClassName: 'standard' } };
  // Its class waits for a pod, and the copy goes on meanwhile.
  const promotion = await promotionOf({ into: 'drill', claims: [waiting] });
  expect(await ended(() => volsync().promote(pair.ends.target, promotion))).toMatchObject({ phase: 'Succeeded' });
  await pair.write(pair.ends.source, 'data', 'two');
  await synced('sync-2');
  expect(textAt(await objectOf('target'), 'status', 'latestImage', 'name')).not.toBe(image);
  await volsync().endPromotion(pair.ends.target, promotion);
  const images = async (): Promise<string[]> =>
    (await pair.west.cluster.list(snapshotKinds.snapshots)).items.map(({ metadata }) => metadata.name);
  expect(await images()).toContain(image);
  const pod = {
    containers: [{ name: 'main', image: 'example/db:1' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  };
  await pair.west.cluster.create(types.pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db', namespace: 'drill' }, spec: pod });
  await pair.settle();
  expect(await pair.read({ ...pair.ends.target, namespace: 'drill' }, 'data')).toBe('one');
  for (let twice = 0; twice < 2; twice += 1) await volsync().endPromotion(pair.ends.target, promotion);
  await pair.idle();
  expect(await images()).toEqual([textAt(await objectOf('target'), 'status', 'latestImage', 'name')]);
});

describe('a claim whose writers rest before it is copied', () => {
  const useTrigger = () =>
    pair.east.cluster.patch({ type: types.persistentVolumeClaims, name: 'data', namespace: 'shop' }, 'merge', {
      metadata: { annotations: { 'volsync.backube/use-copy-trigger': 'true' } },
    });

  it('is waited for, and who has to do what is told', async () => {
    await began();
    await synced('sync-1');
    await useTrigger();
    const request = await syncOf('sync-2');
    for (let looks = 0; looks < 5; looks += 1) {
      await volsync().sync(pair.ends, request);
      await pair.settle();
    }
    expect(await volsync().sync(pair.ends, request)).toMatchObject({
      phase: 'Running',
      message: expect.stringContaining('PersistentVolumeClaim shop/data on east waits to be quiesced'),
    });
  });

  it('is told to go on where nothing writes', async () => {
    await began();
    await synced('sync-1');
    await useTrigger();
    await pair.write(pair.ends.source, 'data', 'two');
    const request = await syncOf('sync-2', { quiesced: true });
    expect(await ended(() => volsync().sync(pair.ends, request))).toMatchObject({ phase: 'Succeeded' });
    const promotion = await promotionOf();
    await ended(() => volsync().promote(pair.ends.target, promotion));
    expect(await pair.read(pair.ends.target, 'data')).toBe('two');
  });
});

it('a destination that writes into one volume (Direct) has nothing that can be promoted, and says so', async () => {
  await began();
  await synced('sync-1');
  const ref = { type: kinds.destinations, name: 'dr-shop-data', namespace: 'shop' };
  await volsync().pause(pair.ends.target, [(await endsNow()).target], true);
  await pair.west.cluster.patchStatus(ref, { latestImage: { kind: 'PersistentVolumeClaim', name: 'data', apiGroup: '' } });
  const done = await volsync().promote(pair.ends.target, await promotionOf());
  expect(done).toMatchObject({ phase: 'Failed', message: expect.stringContaining('copyMethod: Snapshot') });
});
