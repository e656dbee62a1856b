import { before, now } from '../../fixtures/clock.ts';
import { operation, operationsByState } from '../../fixtures/plans.ts';
import { actionsOf, mayNothing } from './actions.ts';

const everything = { operate: true, approve: true };
const waves = [
  [
    {
      id: 'u',
      title: 'Undo',
      cluster: 'east',
      action: { kind: 'claim.remove' as const, namespace: 'shop', claim: 'c', uid: 'u', volume: 'v' },
    },
  ],
];
const undoable = { undo: { text: 'undo', possible: true, waves } };
const of = (each: Parameters<typeof actionsOf>[0], may = everything, user = 'user:default/bob') =>
  actionsOf(each, may, user, now).join(' ');

it.each([
  ['Pending', 'cancel'],
  ['WaitingForApproval', 'approve reject cancel'],
  ['Running', 'cancel'],
  ['WaitingOnUser', 'cancel resume'],
  ['Verifying', 'cancel'],
  ['Succeeded', ''],
  ['Failed', 'resume'],
  ['Undoing', ''],
  ['Undone', ''],
  ['Cancelled', ''],
] as const)('%s lets somebody with every right: %s', (state, actions) => {
  expect(of(operationsByState[state])).toBe(actions);
  expect(of(operationsByState[state], mayNothing)).toBe('');
});

it('offers nobody their own request for approval, only to take it back', () => {
  expect(of(operationsByState.WaitingForApproval, everything, 'user:default/alice')).toBe('cancel');
});

it('offers the way back as long as there is one', () => {
  const inPlace = (status: Parameters<typeof operation>[1]) => operation('op', { steps: [], ...status }, undoable);
  expect(of(inPlace({ state: 'Succeeded', undoUntil: before(-60) }))).toBe('undo confirm');
  expect(of(inPlace({ state: 'Succeeded', undoUntil: before(60) }))).toBe('confirm');
  const release = { requestedBy: 'x', requestedAt: before(1), steps: [] };
  expect(of(inPlace({ state: 'Succeeded', undoUntil: before(-60), release }))).toBe('');
  expect(of(inPlace({ state: 'Failed' }))).toBe('resume undo');
  expect(of(inPlace({ state: 'Cancelled' }))).toBe('undo');
  expect(of(inPlace({ state: 'Cancelled', startedAt: undefined }))).toBe('');
});
