import { engine } from '@kubectl-dr/core/engines/ramen/index';
import { kinds } from '@kubectl-dr/core/engines/ramen/kinds';
import { mover } from '@kubectl-dr/core/engines/ramen/mover';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { MoveContexts, MoveKind, MoveProgress, MoveRequest } from '@kubectl-dr/core/ports/mover';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import { at } from '../../api/json.ts';
import { ramenFleet } from './fleet.testing.ts';

describeEngine('Ramen, over the sandbox', async () => {
  const { context, pass, close } = await ramenFleet();
  return { engine, context, namespace: 'shop', settle: () => pass(10_000), close };
});

let fleet: Awaited<ReturnType<typeof ramenFleet>>;
afterEach(() => fleet?.close());

const contexts = (): MoveContexts => ({ steering: fleet.context });
const managed = async () => (await fleet.state('hub')).managed![0]!;
const ref = { type: kinds.placements, name: 'shop', namespace: 'shop' };
const placement = () => fleet.hub.cluster.get(ref);
const replicas = async (where: 'east' | 'west') =>
  at(await fleet[where].cluster.get({ type: types.deployments, name: 'web', namespace: 'shop' }), 'spec', 'replicas');
const say = async (status: object): Promise<void> => {
  fleet.behaviour.down = true;
  // What it was at just now it still writes.
  await fleet.hub.idle();
  await fleet.hub.cluster.patchStatus(ref, status as Record<string, unknown>);
};

async function requestOf(kind: MoveKind, to = 'west'): Promise<MoveRequest> {
  const { id, name, namespace, cluster } = await managed();
  return {
    name: `move-${kind}`,
    kind,
    application: { id, name, namespace, cluster },
    from: to === 'west' ? 'east' : 'west',
    to,
    labels: {},
    annotations: {},
  };
}

async function ended(request: MoveRequest): Promise<MoveProgress> {
  await mover.start(contexts(), request);
  for (let looks = 0; looks < 60; looks += 1) {
    const progress = await mover.progress(contexts(), request);
    if (progress.phase !== 'Running' || progress.waitsForUser !== undefined) return progress;
    await fleet.pass(10_000);
  }
  throw new Error('it does not end');
}

const codes = async (request: MoveRequest): Promise<string[]> =>
  (await mover.preflight(contexts(), request)).reasons.map(({ code, severity }) => `${severity} ${code}`);

it('tells what it manages: where it runs, where it can go, and how old the other side is', async () => {
  fleet = await ramenFleet();
  const told = await managed();
  expect(told).toMatchObject({
    id: 'hub/ramen/shop/shop',
    places: ['east', 'west'],
    placedAt: 'east',
    claims: ['data'],
    interval: 300_000,
    phase: 'Succeeded',
    moves: ['failover', 'relocate', 'test'],
  });
  // What the sync took is taken off: the time may be that of its end.
  const last = at(await placement(), 'status', 'lastGroupSyncTime') as string;
  expect(Date.parse(told.capturedAt!)).toBe(Date.parse(last) - 2_000);
  expect((await fleet.state('east')).replications[0]).toMatchObject({
    role: 'source',
    claims: ['data'],
    nativePhase: 'Primary',
    interval: 300_000,
  });
  expect((await fleet.state('west')).replications[0]).toMatchObject({ role: 'target', nativePhase: 'Secondary' });
});

it('a failover is done at Completed alone, not when the phase says FailedOver', async () => {
  fleet = await ramenFleet();
  const request = await requestOf('failover');
  expect(await codes(request)).toEqual(['warning SOURCE_MAY_BE_ALIVE']);
  await mover.start(contexts(), request);
  const seen: string[] = [];
  for (let looks = 0; looks < 60 && (await mover.progress(contexts(), request)).phase === 'Running'; looks += 1) {
    const live = await placement();
    if (at(live, 'status', 'phase') === 'FailedOver') seen.push(String(at(live, 'status', 'progression')));
    await fleet.pass(5_000, 5_000);
  }
  expect(new Set(seen)).toEqual(new Set(['WaitingForResourceRestore', 'WaitForReadiness', 'UpdatedPlacement', 'Cleaning Up']));
  expect(await mover.progress(contexts(), request)).toMatchObject({ phase: 'Succeeded', nativePhase: 'FailedOver: Completed' });
  expect([await replicas('east'), await replicas('west')]).toEqual([0, 1]);
  expect(at(await placement(), 'spec', 'newerThanUs')).toEqual({ kept: true });
  expect(await mover.finish(contexts(), request, 'keep')).toEqual({ done: true, pending: [] });
});

it('a phase that was left over from an earlier move is none of the new one', async () => {
  fleet = await ramenFleet();
  expect((await ended(await requestOf('failover'))).phase).toBe('Succeeded');
  await fleet.pass(20_000);
  expect((await ended(await requestOf('failback', 'east'))).phase).toBe('Succeeded');
  await fleet.pass(20_000);
  const again = { ...(await requestOf('failover')), name: 'again' };
  fleet.behaviour.down = true;
  await mover.start(contexts(), again);
  expect((await mover.progress(contexts(), again)).phase).toBe('Running');
});

it('relocate copies once more at rest: nothing is lost', async () => {
  fleet = await ramenFleet();
  await fleet.write('east', '1,2,3');
  const request = await requestOf('relocate');
  expect((await mover.preflight(contexts(), request)).claims).toEqual([]);
  expect((await ended(request)).phase).toBe('Succeeded');
  expect(await fleet.read('west')).toBe('1,2,3');
  expect((await managed()).placedAt).toBe('west');
});

it('a person who has to clean up is told what and where, and it goes on after that', async () => {
  fleet = await ramenFleet();
  fleet.behaviour.userCleans = true;
  const request = await requestOf('failover');
  expect(await ended(request)).toMatchObject({
    phase: 'Running',
    waitsForUser: 'delete the old workloads and claims of shop in shop on east',
    stage: 'Cleaning Up',
  });
  expect((await managed()).pending).toContain('on east');
  expect(await mover.finish(contexts(), request, 'keep')).toMatchObject({ done: false, pending: [expect.stringContaining('on east')] });
  await fleet.east.cluster.patch({ type: types.deployments, name: 'web', namespace: 'shop' }, 'merge', { spec: { replicas: 0 } });
  await fleet.pass(30_000);
  expect((await mover.progress(contexts(), request)).phase).toBe('Succeeded');
});

it.each(['Cleaning Up', 'CleaningUp'])('cleaning up is running, however it is written: %s', async (progression) => {
  fleet = await ramenFleet();
  const request = await requestOf('failover');
  await mover.start(contexts(), request);
  await say({ phase: 'FailedOver', progression, observedGeneration: (await placement()).metadata.generation });
  expect(await mover.progress(contexts(), request)).toMatchObject({ phase: 'Running', stage: 'Cleaning Up' });
  expect((await managed()).pending).toContain('left behind');
});

it('PeerReady and Protected are looked up by their type', async () => {
  fleet = await ramenFleet();
  const request = await requestOf('relocate');
  await say({
    conditions: [
      { type: 'PeerReady', status: 'False', message: 'not yet' },
      { type: 'Available', status: 'True' },
      { type: 'Protected', status: 'True' },
    ],
  });
  expect((await mover.preflight(contexts(), request)).reasons).toMatchObject([
    { severity: 'blocker', message: expect.stringContaining('(PeerReady): not yet') },
  ]);
  expect((await managed()).phase).toBe('Degraded');
});

it('what goes wrong with Ramen itself is told by its objects', async () => {
  fleet = await ramenFleet();
  const { checks } = await engine.checkup!();
  const find = async () => {
    const objects = new Map<string, KubeObject[]>();
    for (const type of engine.kinds) objects.set(resourceKey(type), (await fleet.hub.cluster.list(type)).items);
    const reading = { cluster: 'hub', now: fleet.clock.now(), age: 0, objects, failures: new Map() };
    return checks
      .flatMap((check) => check.find({ reading, state: engine.interpret(reading) }))
      .map(({ code, message }) => `${code} ${message}`);
  };
  expect(await find()).toEqual([]);
  await say({
    conditions: [
      { type: 'PeerReady', status: 'False', message: 'not yet' },
      { type: 'Protected', status: 'True' },
    ],
  });
  await fleet.hub.cluster.patchStatus(
    { type: kinds.clusters, name: 'west' },
    { conditions: [{ type: 'Validated', status: 'False', message: 's3 is away' }] },
  );
  expect(await find()).toEqual([
    'REPLICATION_FAILED Ramen on hub cannot use the cluster west: s3 is away',
    'REPLICATION_FAILED shop could not fail over now: not yet',
  ]);
  await fleet.pass(40 * 60_000, 60_000);
  expect((await find())[0]).toMatch(/^ENGINE_DOWN Ramen on hub has not looked at shop for 4/);
});

describe('a test', () => {
  it('keeps the original running, and goes back to the very state of before', async () => {
    fleet = await ramenFleet();
    const request = await requestOf('test');
    expect(await codes(request)).toEqual(['warning REPLICATION_PAUSED']);
    expect(await ended(request)).toMatchObject({ phase: 'Succeeded', nativePhase: 'FailedOver: TestingFailover' });
    expect([await replicas('east'), await replicas('west')]).toEqual([1, 1]);
    expect((await managed()).placedAt).toBe('east');
    expect((await mover.finish(contexts(), request, 'revert')).done).toBe(false);
    await fleet.pass(60_000);
    expect(await mover.finish(contexts(), request, 'revert')).toEqual({ done: true, pending: [] });
    expect([await replicas('east'), await replicas('west')]).toEqual([1, 0]);
    expect(at(await placement(), 'spec', 'dryRun')).toBe(false);
    expect(at(await placement(), 'spec', 'action')).toBeUndefined();
  });

  it('becomes the application when it is kept', async () => {
    fleet = await ramenFleet();
    const request = await requestOf('test');
    await ended(request);
    await mover.finish(contexts(), request, 'promote');
    await fleet.pass(120_000);
    expect(await mover.finish(contexts(), request, 'promote')).toEqual({ done: true, pending: [] });
    expect([await replicas('east'), await replicas('west')]).toEqual([0, 1]);
  });

  it('is refused on data that is older than three intervals, or never came, which Ramen would take for current', async () => {
    fleet = await ramenFleet();
    const request = await requestOf('test');
    await say({ lastGroupSyncTime: new Date(fleet.clock.now().getTime() - 16 * 60_000).toISOString().replace(/\.\d+Z/, 'Z') });
    expect(await codes(request)).toContain('blocker REPLICATION_LAGS');
    await say({ lastGroupSyncTime: null });
    expect(await codes(request)).toContain('blocker REPLICATION_EMPTY');
  });
});

it('shared storage has to be fenced first, and how is said', async () => {
  fleet = await ramenFleet('0m');
  const request = await requestOf('failover');
  expect((await mover.preflight(contexts(), request)).reasons).toMatchObject([
    { severity: 'blocker', code: 'SOURCE_MAY_BE_ALIVE', fix: expect.stringContaining('clusterFence: Fenced') },
  ]);
  expect(await ended(request)).toMatchObject({ phase: 'Running', waitsForUser: expect.stringContaining('fence east') });
});

it('a second move is refused before anything is written, and a relocate of a cluster that is not validated', async () => {
  fleet = await ramenFleet();
  await mover.start(contexts(), await requestOf('failover'));
  await expect(mover.start(contexts(), { ...(await requestOf('relocate')), name: 'other' })).rejects.toMatchObject({
    name: 'ConflictError',
  });
  expect(at(await placement(), 'spec', 'action')).toBe('Failover');
  await fleet.hub.cluster.patchStatus(
    { type: kinds.clusters, name: 'west' },
    { conditions: [{ type: 'Validated', status: 'False', message: 's3 does not answer' }] },
  );
  expect(await codes(await requestOf('relocate'))).toContain('blocker CLUSTER_UNREACHABLE');
});

it('an operator that is gone, and a progression that is newer than us, are told', async () => {
  fleet = await ramenFleet();
  const request = await requestOf('failover');
  await mover.start(contexts(), request);
  await say({ progression: 'ConsultingOracle', phase: 'FailingOver', observedGeneration: (await placement()).metadata.generation });
  const progress = await mover.progress(contexts(), request);
  expect(progress).toMatchObject({ phase: 'Running', nativePhase: 'FailingOver: ConsultingOracle' });
  expect(progress.stage).toBeUndefined();
  await fleet.pass(31 * 60_000, 60_000);
  expect(await mover.progress(contexts(), request)).toMatchObject({ phase: 'Failed', message: expect.stringContaining('nobody acts on') });
  await expect(mover.progress(contexts(), { ...request, name: 'never' })).rejects.toMatchObject({ name: 'NotFoundError' });
});
