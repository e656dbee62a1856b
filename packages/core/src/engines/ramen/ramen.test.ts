import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import { interpret } from './interpret.ts';
import { kinds } from './kinds.ts';

const named = (spec: unknown, status?: unknown): KubeObject =>
  // Lists leave the kind out.
  ({ metadata: { name: 'shop', namespace: 'shop' }, spec, status }) as unknown as KubeObject;

function told(objects: readonly (readonly [ResourceType, KubeObject])[]) {
  const read = new Map(objects.map(([type, object]) => [resourceKey(type), [object]]));
  return interpret({ cluster: 'hub', now: new Date(), age: 0, objects: read, failures: new Map() });
}

/** A placement of `shop` by the policy `shop`, as its status tells. */
function managed(status: unknown, { spec = {}, policy = {} }: { spec?: object; policy?: object } = {}) {
  const placement = named({ drPolicyRef: { name: 'shop' }, preferredCluster: 'east', ...spec }, status);
  const drPolicy = named({ drClusters: ['east', 'west'], schedulingInterval: '5m', ...policy });
  return told([
    [kinds.placements, placement],
    [kinds.policies, drPolicy],
  ]).managed![0]!;
}

const group = (status: unknown, spec: unknown = {}) => told([[kinds.groups, named(spec, status)]]).replications[0]!;
const isProtected = [
  // PeerReady neither first nor second: kubectl's column takes what stands there.
  { type: 'Protected', status: 'True', reason: 'Protected' },
  { type: 'Available', status: 'True' },
  { type: 'PeerReady', status: 'True' },
];

describe('what Ramen says of an application', () => {
  it.each([
    ['5m', 300_000],
    ['2d', 2 * 86_400_000],
    // The same storage on both sides: nothing is copied, so nothing lags.
    ['', undefined],
    ['0m', undefined],
    // A form that is newer than us.
    ['1w', undefined],
  ])('is copied every %j', (schedulingInterval, interval) => {
    expect(managed({}, { policy: { schedulingInterval } }).interval).toBe(interval);
    expect(group({}, { async: { schedulingInterval } }).interval).toBe(interval);
  });

  it.each([
    ['rests', { phase: 'Deployed', progression: 'Completed', conditions: isProtected }, 'Succeeded', 'Deployed: Completed'],
    ['has no status yet', undefined, 'Pending', ''],
    [
      'has failed over and is not completed',
      { phase: 'FailedOver', progression: 'WaitForReadiness', conditions: isProtected },
      'Running',
      'FailedOver: WaitForReadiness',
    ],
    ['is at a progression that is newer than us', { phase: 'Deployed', progression: 'AskingTwice' }, 'Running', 'Deployed: AskingTwice'],
    [
      'is in a phase that is newer than us',
      { phase: 'Hibernated', progression: 'Completed', conditions: isProtected },
      'Succeeded',
      'Hibernated: Completed',
    ],
    [
      'is protected for a reason that is newer than us',
      { phase: 'Deployed', progression: 'Completed', conditions: [{ type: 'Protected', status: 'False', reason: 'Contemplating' }] },
      'Unknown',
      'Deployed: Completed',
    ],
  ] as const)('that %s', (_, status, phase, nativePhase) => {
    expect(managed(status)).toMatchObject({ phase, nativePhase });
  });

  it('is no place where nobody knows: of a phase that is newer than us only what was noted counts', () => {
    expect(managed({ phase: 'Hibernated', progression: 'Completed' })).not.toHaveProperty('placedAt');
    expect(managed({ phase: 'Deployed', progression: 'Completed' }).placedAt).toBe('east');
  });

  it('waits for a person after its hub was recovered, and says for what', () => {
    const recovered = managed({ phase: 'WaitForUser', progression: 'Paused' });
    expect(recovered).toMatchObject({ moves: [], nativePhase: 'WaitForUser: Paused' });
    expect(recovered.pending ?? '').toBe('say where shop is to run: after the hub was recovered Ramen does not know (set spec.action)');
  });

  it.each([
    ['Primary', 'source', 'Succeeded'],
    ['Secondary', 'target', 'Succeeded'],
    // Of a side that is newer than us nobody may take the data for a copy.
    ['Demoting', 'source', 'Unknown'],
  ])('of a group of volumes that is %s', (state, role, phase) => {
    expect(group({ state, protectedPVCs: [{ name: 'data', newer: {} }] })).toMatchObject({
      role,
      phase,
      nativePhase: state,
      claims: ['data'],
    });
  });

  it('has failed where both sides are primary (NoClusterDataConflict), whatever its state says', () => {
    const conflict = { type: 'NoClusterDataConflict', status: 'False', reason: 'Error', message: 'both clusters are primary' };
    expect(group({ state: 'Primary', conditions: [conflict] })).toMatchObject({ phase: 'Failed', message: 'both clusters are primary' });
  });

  it.each([[null], [7], ['text'], [[]], [{}], [{ newer: true }]])('is told, never an error, where every field is %j', (odd) => {
    const status = {
      phase: odd,
      progression: odd,
      conditions: [odd],
      lastGroupSyncTime: odd,
      lastGroupSyncDuration: odd,
      resourceConditions: odd,
    };
    expect(managed(status, { spec: { action: odd, dryRun: odd, protectedNamespaces: odd } })).toMatchObject({
      name: 'shop',
      engine: 'ramen',
    });
    expect(group({ state: odd, protectedPVCs: [odd], conditions: odd })).toMatchObject({ name: 'shop', engine: 'ramen' });
  });
});
