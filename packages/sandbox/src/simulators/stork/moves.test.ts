import { engine } from '@kubectl-dr/core/engines/stork/index';
import { kinds } from '@kubectl-dr/core/engines/stork/kinds';
import { mover } from '@kubectl-dr/core/engines/stork/mover';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { MoveContexts, MoveKind, MoveProgress, MoveRequest } from '@kubectl-dr/core/ports/mover';
import { at } from '../../api/json.ts';
import { migrationSchedule, storkPair } from './pair.testing.ts';

let pair: Awaited<ReturnType<typeof storkPair>>;
afterEach(() => pair.close());

const contexts = (source = true): MoveContexts => ({
  steering: pair.west.context,
  target: pair.west.context,
  ...(source && { source: pair.east.context }),
});
const labels = (name: string) => ({ 'kubectl-dr.dev/operation': name, 'kubectl-dr.dev/step': 's' });
const managed = async () => (await pair.west.state()).managed![0]!;

async function requestOf(kind: MoveKind, name = `move-${kind}`): Promise<MoveRequest> {
  const { id, name: called, namespace, cluster } = await managed();
  const [from, to] = kind === 'failback' ? ['west', 'east'] : ['east', 'west'];
  return { name, kind, application: { id, name: called, namespace, cluster }, from: from!, to: to!, labels: labels(name), annotations: {} };
}

async function ended(request: MoveRequest, at_ = contexts()): Promise<MoveProgress> {
  await mover.start(at_, request);
  for (let looks = 0; looks < 100; looks += 1) {
    const progress = await mover.progress(at_, request);
    if (progress.phase !== 'Running') return progress;
    await pair.pass(5_000);
  }
  throw new Error('it does not end');
}

const replicas = async (of: 'east' | 'west'): Promise<unknown> =>
  at(await pair[of].get(types.statefulSets, 'db', 'shop'), 'spec', 'replicas');
const codes = async (kind: MoveKind, at_ = contexts()): Promise<string[]> =>
  (await mover.preflight(at_, await requestOf(kind))).reasons.map(({ code, severity }) => `${severity} ${code}`);
const change = async (of: 'east' | 'west', type: (typeof kinds)[keyof typeof kinds], name: string, body: object): Promise<void> => {
  await pair[of].stage.cluster.patch({ type, name, namespace: 'kube-system' }, 'merge', body);
  await pair.pass(5_000);
};

describe('what Stork tells of a copy', () => {
  it('is the age of its data from the start of the last one that succeeded, at the end that sends', async () => {
    pair = await storkPair();
    const [sent] = (await pair.east.state()).replications;
    expect(sent).toMatchObject({
      role: 'source',
      claims: ['data-db-0'],
      interval: 5 * 60_000,
      paused: false,
      phase: 'Succeeded',
      to: 'to-west',
    });
    const [run] = Object.values(at(await pair.east.get(kinds.migrationSchedules, 'shop'), 'status', 'items') as object).flat() as {
      creationTimestamp: string;
    }[];
    expect(sent!.capturedAt).toBe(run!.creationTimestamp);
    expect(await managed()).toMatchObject({
      places: ['west'],
      moves: ['failover', 'relocate', 'test'],
      phase: 'Succeeded',
      namespaces: ['shop'],
    });
  });

  it('says which half of its pair is not ready, without a word of the kubeconfig in it', async () => {
    pair = await storkPair();
    await change('east', kinds.pairs, 'to-west', { status: { storageStatus: 'NotProvided' } });
    const state = await pair.east.state();
    expect(state.replications[0]).toMatchObject({
      phase: 'Failed',
      message: 'the ClusterPair to-west cannot move volumes: storageStatus NotProvided',
    });
    expect(JSON.stringify(state)).not.toContain('sesame');
  });
});

it('relocate stops, copies once more and starts: nothing is lost', async () => {
  pair = await storkPair();
  await pair.east.write('shop', 'data-db-0', { rows: '1,2,3' });
  expect((await mover.preflight(contexts(), await requestOf('relocate'))).reasons).toEqual([]);
  const request = await requestOf('relocate');
  expect(await ended(request)).toMatchObject({ phase: 'Succeeded', claims: [{ claim: 'data-db-0' }] });
  await mover.start(contexts(), request);
  expect((await pair.west.stage.cluster.list(kinds.actions)).items).toHaveLength(1);
  await pair.pass(10_000);
  expect([await replicas('east'), await replicas('west')]).toEqual([0, 1]);
  expect(await pair.west.read('shop', 'data-db-0')).toEqual({ rows: '1,2,3' });
  expect(await managed()).toMatchObject({ placedAt: 'west', moves: [], pending: expect.stringContaining('nothing copies back') });
});

it('failback needs a copy back that succeeded, and returns what was written', async () => {
  pair = await storkPair();
  await ended(await requestOf('relocate'));
  await pair.pass(10_000);
  expect(await codes('failback')).toEqual(['blocker REPLICATION_EMPTY']);
  await pair.west.write('shop', 'data-db-0', { rows: 'west' });
  await pair.west.stage.cluster.create(kinds.migrationSchedules, migrationSchedule('back', 'to-east'));
  await pair.pass(20_000);
  expect(await codes('failback')).toEqual([]);
  await pair.west.write('shop', 'data-db-0', { rows: 'west, later' });
  expect(await ended(await requestOf('failback'))).toMatchObject({ phase: 'Succeeded' });
  await pair.pass(10_000);
  expect([await replicas('east'), await replicas('west')]).toEqual([1, 0]);
  expect(await pair.east.read('shop', 'data-db-0')).toEqual({ rows: 'west, later' });
});

it('a failover without the source says that it skips it, and suspends its copies when it is back', async () => {
  pair = await storkPair({ schedule: { autoSuspend: false } });
  pair.link.cut = true;
  expect(await codes('failover', contexts(false))).toEqual(['warning SPLIT_BRAIN_RISK', 'warning SOURCE_MAY_BE_ALIVE']);
  const request = await requestOf('failover');
  expect(await ended(request, contexts(false))).toMatchObject({ phase: 'Succeeded' });
  const action = await pair.west.get(kinds.actions, request.name);
  expect(at(action, 'spec', 'actionParameter', 'failoverParameter', 'skipSourceOperations')).toBe(true);
  expect(await mover.finish({ steering: pair.west.context }, request, 'keep')).toMatchObject({
    done: false,
    pending: [expect.stringContaining('on east')],
  });
  for (let twice = 0; twice < 2; twice += 1) expect(await mover.finish(contexts(), request, 'keep')).toEqual({ done: true, pending: [] });
  pair.link.cut = false;
  await pair.west.write('shop', 'data-db-0', { rows: 'newer' });
  await pair.pass(10 * 60_000, 60_000);
  expect(await pair.west.read('shop', 'data-db-0')).toEqual({ rows: 'newer' });
});

it('a planned move that Stork made without a last copy, because the source fell silent, has failed here', async () => {
  pair = await storkPair();
  const request = await requestOf('relocate');
  pair.link.cut = true;
  const progress = await ended(request);
  expect(at(await pair.west.get(kinds.actions, request.name), 'status', 'status')).toBe('Successful');
  expect(progress).toMatchObject({ phase: 'Failed', message: expect.stringContaining('without a last copy') });
});

it('PartialSuccess of the last copy is good for Stork, and a failure here', async () => {
  pair = await storkPair();
  pair.east.behaviour.failures['shop/data-db-0'] = 'node is gone';
  expect(await ended(await requestOf('relocate'))).toMatchObject({ phase: 'Failed', message: expect.stringContaining('PartialSuccess') });
});

it('going back by itself when the last copy fails is told as rolled back, with the source running again', async () => {
  pair = await storkPair();
  const request = await requestOf('relocate');
  await mover.start(contexts(), request);
  for (let looks = 0; looks < 50 && (await mover.progress(contexts(), request)).stage !== 'LastMileMigration'; looks += 1)
    await pair.pass(1_000, 1_000);
  pair.link.cut = true;
  // Actions still reach the source, Migrations no longer the target.
  const namespace = 'kube-system';
  const { items } = await pair.east.stage.cluster.list(kinds.migrations, { namespace });
  const last = items.find(({ metadata }) => metadata.name.includes('lastmile'));
  if (last) await change('east', kinds.migrations, last.metadata.name, { status: { stage: 'Final', status: 'Failed' } });
  pair.link.cut = false;
  for (let looks = 0; looks < 50 && (await mover.progress(contexts(), request)).phase === 'Running'; looks += 1) await pair.pass(5_000);
  expect(await mover.progress(contexts(), request)).toMatchObject({ phase: 'Failed', rolledBack: true });
  await pair.pass(5_000);
  expect(await replicas('east')).toBe(1);
});

describe('before a move', () => {
  it.each([
    [{ template: { includeVolumes: false } }, 'blocker REPLICATION_EMPTY'],
    [{ template: { includeResources: false } }, 'blocker REPLICATION_EMPTY'],
    [{ template: { startApplications: true } }, 'blocker SPLIT_BRAIN_RISK'],
    [{ template: { transformSpecs: ['a', 'b'] } }, 'blocker REPLICATION_FAILED'],
    [{ schedule: { autoSuspend: false } }, 'warning SPLIT_BRAIN_RISK'],
  ])('what Stork would go on with is told: %o', async (more, code) => {
    pair = await storkPair(more);
    expect(await codes('relocate')).toContain(code);
  });

  it('a pair that is not ready stops it, for Stork would go on and leave the source running', async () => {
    pair = await storkPair();
    await change('west', kinds.pairs, 'to-west', { status: { schedulerStatus: 'Error' } });
    expect(await codes('relocate')).toEqual(['blocker REPLICATION_FAILED']);
  });

  it('a last copy that failed stops a planned one, of which Stork only warns', async () => {
    pair = await storkPair();
    pair.east.behaviour.failures['shop/data-db-0'] = 'node is gone';
    await pair.pass(7 * 60_000, 30_000);
    expect(await codes('relocate')).toEqual(['blocker REPLICATION_FAILED']);
    expect(await codes('failover')).toEqual(['warning REPLICATION_FAILED']);
  });

  it('a schedule that is no copy cannot steer it: it is begun where it goes to', async () => {
    pair = await storkPair();
    const request = await requestOf('failover');
    const reasons = (await mover.preflight({ steering: pair.east.context }, request)).reasons;
    expect(reasons).toMatchObject([{ severity: 'blocker', message: expect.stringContaining('where it goes to') }]);
  });
});

it('a second move of the same application is refused before anything is written', async () => {
  pair = await storkPair();
  await mover.start(contexts(), await requestOf('relocate'));
  await expect(mover.start(contexts(), await requestOf('failover', 'another'))).rejects.toMatchObject({ name: 'ConflictError' });
  expect((await pair.west.stage.cluster.list(kinds.actions)).items).toHaveLength(1);
  expect((await managed()).moving).toBeDefined();
});

it('an Action that nobody takes up ends, and a stage that is newer than us is text', async () => {
  pair = await storkPair();
  pair.west.behaviour.down = true;
  const request = await requestOf('failover');
  await mover.start(contexts(), request);
  await pair.pass(11 * 60_000, 60_000);
  expect(await mover.progress(contexts(), request)).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('nobody acts on Action'),
  });
  await change('west', kinds.actions, request.name, { status: { stage: 'RehearseDns', status: 'In-Progress' } });
  const progress = await mover.progress(contexts(), request);
  expect(progress).toMatchObject({ phase: 'Running', nativePhase: 'RehearseDns (In-Progress)' });
  expect(progress.stage).toBeUndefined();
  expect(engine.mover).toBe(mover);
});
