import { inject } from 'vitest';
import { describeRights } from '../../suites/rights.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = target === 'memory' ? 'the cluster in memory knows no rights' : missingVelero(target);

describe.skipIf(missing !== undefined)(`rights${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeRights(target, () => worldsOf(target));
});
