import type { KubeObject } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import { labels } from '../../application/model.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { interpret } from './interpret.ts';
import { labelOf, notes } from './record.ts';

const now = new Date('2026-03-01T14:05:00Z');

function snapshot(claim: string, readyToUse: boolean): KubeObject {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: {
      name: `one-${claim}`,
      namespace: 'shop',
      creationTimestamp: '2026-03-01T14:04:00Z',
      labels: { [labels.point]: labelOf('one') },
      annotations: { [notes.claims]: JSON.stringify(['cart', 'orders']) },
    },
    spec: { source: { persistentVolumeClaimName: claim } },
    status: { readyToUse, creationTime: '2026-03-01T14:04:01Z' },
  };
}

function evidenceOf(snapshots: KubeObject[]) {
  const objects = new Map([[resourceKey(snapshotKinds.snapshots), snapshots]]);
  const { points, volumeEvidence } = interpret({ cluster: 'east', now, age: 0, objects, failures: new Map() });
  return points.map(({ name, phase, id }) => ({ name, phase, evidence: volumeEvidence[id] }));
}

describe('points of snapshots', () => {
  it('prove nothing while one of their volumes is still being captured', () => {
    expect(evidenceOf([snapshot('cart', true), snapshot('orders', false)])).toEqual([{ name: 'one', phase: 'Running', evidence: [] }]);
    expect(evidenceOf([snapshot('cart', true), snapshot('orders', true)])).toMatchObject([
      {
        phase: 'Succeeded',
        evidence: [
          { claim: 'cart', state: 'captured' },
          { claim: 'orders', state: 'captured' },
        ],
      },
    ]);
  });
});
