import { describeClusterClient } from '@kubectl-dr/core/testing/cluster-conformance';
import { inject } from 'vitest';
import { harnesses } from '../targets/harness.ts';
import { missingClusters } from '../targets/real.ts';

const target = inject('target');
const missing = target === 'real' ? missingClusters() : undefined;

describe.skipIf(missing !== undefined)(`the cluster in ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeClusterClient(`its client`, harnesses[target]);
});
