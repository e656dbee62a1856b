import type { WireApplication } from '@kubectl-dr/core/wire/application';
import { applicationTree } from './tree.ts';

const message = 'the snapshot class of the driver that holds this claim cannot be told from two others';
const app: WireApplication = {
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop' },
  spec: { source: 'labels', components: [{ name: 'db', dependsOn: [], placements: [] }] },
  status: {
    verdict: 'AtRisk',
    rpo: {},
    rto: {},
    reasons: [],
    components: [
      {
        name: 'db',
        verdict: 'AtRisk',
        rpo: {},
        rto: {},
        reasons: [],
        workloads: [],
        replications: [],
        volumes: [{ cluster: 'east', namespace: 'shop', claim: 'data-db-0', state: 'failed', method: 'csi-snapshot', message }],
      },
    ],
  },
};

it('breaks what it says of a volume between words, and keeps every word', () => {
  const tree = applicationTree(app, { look: { color: false, unicode: false, width: 60 }, now: new Date() });
  const told = tree.slice(tree.indexOf('volume ')).trimEnd().split('\n');
  expect(told.length).toBeGreaterThan(1);
  expect(Math.max(...tree.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(told.map((line) => line.trim()).join(' ')).toBe(`volume data-db-0: failed, csi-snapshot, ${message}`);
});
