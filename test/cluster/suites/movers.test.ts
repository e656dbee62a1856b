import { textAt } from '@kubectl-dr/core/application/raw';
import { engine as ramen } from '@kubectl-dr/core/engines/ramen/index';
import { kinds } from '@kubectl-dr/core/engines/ramen/kinds';
import { engine as stork } from '@kubectl-dr/core/engines/stork/index';
import { isPassing, Patient } from '@kubectl-dr/core/execution/patiently';
import type { EngineContext } from '@kubectl-dr/core/ports/engine-context';
import type { MoveKind, MoveRequest } from '@kubectl-dr/core/ports/mover';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import { openRamen, openStork, replicasOf, stateBy } from '../targets/movers.ts';
import { missingSnapshots } from '../targets/snapshots.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { missingStork } from '../targets/stork.ts';

const target = inject('target');
const missing = missingStork(target) ?? missingSnapshots(target);
const mover = ramen.mover!;

/** The hub is on `east`; on a real server by the definitions that Ramen ships, which say what a placement may hold. */
describe.skipIf(missing !== undefined)(`Ramen on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let fleet: Awaited<ReturnType<typeof openRamen>>;
  let context: EngineContext;

  beforeAll(async () => {
    fleet = await openRamen(target, 'east');
    context = { cluster: fleet.east.client, clock: systemClock, namespace: 'shop' };
  });
  afterAll(async () => fleet?.close());

  const replicas = async () => [await replicasOf(fleet.east), await replicasOf(fleet.west)];
  const requestOf = async (kind: MoveKind, from: string, to: string): Promise<MoveRequest> => {
    const { id, name, namespace, cluster } = (await fleet.managedNow())!;
    return { name: `move-${kind}`, kind, application: { id, name, namespace, cluster }, from, to, labels: {}, annotations: {} };
  };
  const moved = async (request: MoveRequest): Promise<void> => {
    expect((await mover.preflight({ steering: context }, request)).reasons.filter(({ severity }) => severity === 'blocker')).toEqual([]);
    for (let twice = 0; twice < 2; twice += 1) await again(() => mover.start({ steering: context }, request));
    await eventually(async () => (await mover.progress({ steering: context }, request)).phase === 'Succeeded', request.name, 60_000);
  };

  it('relocates, tests, fails over and goes back, by what a server lets through', async () => {
    await moved(await requestOf('relocate', 'east', 'west'));
    await fleet.rested();
    expect(await replicas()).toEqual([0, 1]);
    const test = await requestOf('test', 'west', 'east');
    await moved(test);
    expect(await replicas()).toEqual([1, 1]);
    await eventually(
      async () => (await again(() => mover.finish({ steering: context }, test, 'revert'))).done,
      'the test is taken back',
      60_000,
    );
    await fleet.rested();
    expect(await replicas()).toEqual([0, 1]);
    await moved(await requestOf('failover', 'west', 'east'));
    await fleet.rested();
    expect(await replicas()).toEqual([1, 0]);
    expect(textAt(await fleet.east.client.get({ type: kinds.placements, name: 'shop', namespace: 'shop' }), 'status', 'progression')).toBe(
      'Completed',
    );
  });
});

describe.skipIf(missing !== undefined)(`Stork on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let pair: Awaited<ReturnType<typeof openStork>>;
  const moves = stork.mover!;
  const contextOf = ({ client }: LivingCluster): EngineContext => ({ cluster: client, clock: systemClock, namespace: 'kube-system' });
  const contexts = () => ({ steering: contextOf(pair.west), source: contextOf(pair.east), target: contextOf(pair.west) });
  const replicas = async () => [await replicasOf(pair.east), await replicasOf(pair.west)];

  beforeAll(async () => void (pair = await openStork(target)));
  afterAll(async () => pair?.close());

  const moved = async (kind: MoveKind, from: string, to: string): Promise<void> => {
    const [application] = (await stateBy(stork, pair.west)).managed!;
    const labels = { 'kubectl-dr.dev/operation': kind, 'kubectl-dr.dev/step': 'move' };
    const request: MoveRequest = { name: `move-${kind}`, kind, application: application!, from, to, labels, annotations: {} };
    expect((await moves.preflight(contexts(), request)).reasons).toEqual([]);
    for (let twice = 0; twice < 2; twice += 1) await again(() => moves.start(contexts(), request));
    await eventually(async () => (await moves.progress(contexts(), request)).phase === 'Succeeded', request.name, 60_000);
    expect(await again(() => moves.finish(contexts(), request, 'keep'))).toEqual({ done: true, pending: [] });
  };
  it('moves an application to the other cluster without loss, and back', async () => {
    await moved('relocate', 'east', 'west');
    expect(await replicas()).toEqual([0, 1]);
    await pair.copied('west', 'back');
    await moved('failback', 'west', 'east');
    expect(await replicas()).toEqual([1, 0]);
  });
});

/** As an operation does it: a controller may write the same object at the same time. */
function again<T>(work: () => Promise<T>): Promise<T> {
  return new Patient({ clock: systemClock, signal: new AbortController().signal, mayPass: isPassing }).try(work);
}
