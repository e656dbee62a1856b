import type { Application, Component } from '../../application/model.ts';
import type { Operation } from '../../execution/model.ts';
import type { Plan, Step, StepAction } from '../../planning/model.ts';
import type { ManagedApplication } from '../../protection/model.ts';
import { operationOf, planOf } from '../../testing/operations.ts';
import { assertNotMovedSince, leftByUndo } from './undo-apart.ts';
import { assertNotBack, owed, unfinishedMoves } from './unfinished-moves.ts';

const part = (name: string): Component =>
  ({
    name,
    dependsOn: [],
    placements: [{ cluster: 'west', namespace: 'shop', claim: 'claimed' }],
  }) as unknown as Component;
const shop = { name: 'shop', components: [part('db'), part('web')] } as unknown as Application;

const step = (id: string, cluster: string, action: unknown): Step => ({
  id,
  title: id,
  cluster,
  component: 'db',
  action: action as StepAction,
});
const stop = step('stop-old', 'east', { kind: 'copy.stop', namespace: 'shop', timeoutSeconds: 1 });
const reverse = step('reverse-old', 'west', { kind: 'replication.reverse', request: { source: { cluster: 'west' } } });
const giveUp = step('release', 'west', { kind: 'volume.release' });
const start = step('start', 'west', { kind: 'copy.start', namespace: 'shop' });

async function moved(parts: Partial<Plan> = {}, state: Partial<Operation> = {}): Promise<Operation> {
  const plan = await planOf({
    intent: 'Failover',
    home: 'west',
    components: ['db'],
    waves: [[start]],
    undo: { text: '', possible: false, release: [[stop], [reverse], [giveUp]] },
    ...parts,
  });
  return operationOf(plan, { state: 'Succeeded', steps: [{ id: 'start', state: 'Succeeded' }], ...state });
}

const release = (steps: Operation['steps']) => ({ requestedBy: 'a', requestedAt: '2026-01-15T12:30:00Z', steps });
const told = (...all: Operation[]) => unfinishedMoves(shop, all, []);

it('tells what is still to be done where a cluster did not answer, on which, and what ends it', async () => {
  const failover = await moved();
  expect(told(failover)).toEqual([
    {
      operation: 'failover-shop-1',
      components: ['db'],
      clusters: ['east', 'west'],
      open: ['nobody has seen yet that the old copy stands still', 'db is not copied back from west yet'],
      fix: 'kubectl dr confirm failover-shop-1',
    },
  ]);
  const half = {
    ...failover,
    release: release([
      { id: 'stop-old', state: 'Succeeded' },
      { id: 'reverse-old', state: 'Pending' },
    ]),
  };
  expect(told(half)).toMatchObject([{ clusters: ['west'], open: ['db is not copied back from west yet'] }]);
  expect(told({ ...half, state: 'Failed' })).toMatchObject([{ fix: 'kubectl dr resume failover-shop-1' }]);
  expect(told({ ...half, release: { ...half.release, endedAt: '2026-01-15T12:31:00Z' } })).toEqual([]);
  expect(told({ ...failover, state: 'Running' })).toEqual([]);
});

it('does not call a way back that is kept for a while unfinished', async () => {
  expect(told(await moved({ intent: 'Relocate', undo: { text: '', possible: true, waves: [], release: [[giveUp]] } }))).toEqual([]);
});

it('would not stop the copy that went back meanwhile', async () => {
  const failover = await moved();
  const later = { id: 'failback-shop-1', requestedAt: '2026-01-15T13:00:00Z' };
  const back = await moved({ intent: 'Failback', home: 'east', undo: { text: '', possible: false } }, later);
  expect(told(failover, back)).toEqual([]);
  expect(owed(failover, [failover, back])).toEqual([]);
  expect(() => assertNotBack(failover, [failover, back])).toThrow('went back to east with failback-shop-1 since');
  expect(() => assertNotBack(failover, [failover, { ...back, state: 'Failed' }])).not.toThrow();
});

it('tells of a move that stopped halfway how far it came, until a later one has succeeded', async () => {
  const waves = [[stop], [start]];
  const steps: Operation['steps'] = [
    { id: 'stop-old', state: 'Succeeded' },
    { id: 'start', state: 'Failed' },
  ];
  const halfway = await moved({ intent: 'Relocate', waves, undo: { text: '', possible: true, waves: [] } }, { state: 'Failed', steps });
  expect(told(halfway)).toMatchObject([
    { clusters: ['west'], open: ['it ended Failed with 1 of its 2 steps not done'], fix: 'kubectl dr resume relocate-shop-1' },
  ]);
  expect(told({ ...halfway, state: 'Cancelled' })).toMatchObject([{ fix: 'kubectl dr undo relocate-shop-1' }]);
  expect(told({ ...halfway, state: 'Undone' })).toEqual([]);
  expect(told({ ...halfway, steps: steps.map(({ id }) => ({ id, state: 'Pending' })) })).toEqual([]);
  const again = await moved({ undo: { text: '', possible: false } }, { id: 'again', requestedAt: '2026-01-15T13:00:00Z' });
  expect(told(halfway, again)).toEqual([]);
});

it('tells what an engine that moves by itself still has to do, once, of the components that it covers', async () => {
  const managed = {
    id: 'hub/ramen/shop/orders',
    name: 'orders',
    namespace: 'shop',
    engine: 'ramen',
    cluster: 'hub',
    namespaces: ['shop'],
    pending: 'something of it is left behind on east',
  } as unknown as ManagedApplication;
  expect(unfinishedMoves(shop, [], [managed])).toEqual([
    {
      object: 'ramen shop/orders on hub',
      components: ['db', 'web'],
      clusters: ['hub'],
      open: ['something of it is left behind on east'],
      fix: 'ramen ends it, or waits for a person: something of it is left behind on east',
    },
  ]);
  expect(unfinishedMoves(shop, [], [{ ...managed, namespaces: ['pay'] }])).toEqual([]);
  const { pending: _, ...done } = managed;
  expect(unfinishedMoves(shop, [], [done])).toEqual([]);
  const move = step('move', 'hub', { kind: 'mover.move', order: { application: { id: managed.id } } });
  const finish = step('old-finish', 'hub', { kind: 'mover.finish', engine: 'ramen' });
  const ours = await moved({ waves: [[move]], undo: { text: '', possible: false, release: [[finish]] } });
  expect(unfinishedMoves(shop, [ours], [managed])).toMatchObject([
    { operation: ours.id, open: ['what ramen leaves of the move was not taken away'] },
  ]);
});

it('tells of an undo that went on without a cluster what it owes there, until the application has moved there again', async () => {
  const stopThere = { ...step('undo-stop', 'west', { kind: 'copy.stop', namespace: 'shop', timeoutSeconds: 1 }), undoes: 'start' };
  const undone = await moved(
    { undo: { text: '', possible: true, waves: [[stopThere]] } },
    {
      state: 'Undone',
      undo: { ...release([{ id: 'undo-stop', state: 'Skipped' }]), override: 'it has burnt down', endedAt: '2026-01-15T12:31:00Z' },
    },
  );
  expect(told(undone)).toEqual([
    {
      operation: 'failover-shop-1',
      components: ['db'],
      clusters: ['west'],
      open: ['nobody has seen yet that the copy there stands still'],
      fix: 'kubectl dr undo failover-shop-1',
    },
  ]);
  const later = { ...(await moved()), id: 'relocate-shop-2', requestedAt: '2026-01-15T13:00:00Z' };
  expect(leftByUndo(undone, [later, undone])).toEqual([]);
  expect(() => assertNotMovedSince(undone, [later, undone])).toThrow('moved to west with relocate-shop-2 since');
  expect(leftByUndo(undone, [{ ...later, state: 'Undone' }, undone])).toEqual([stopThere]);
});
