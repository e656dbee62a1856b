import { inject } from 'vitest';
import { describeSnapshots } from '../../suites/snapshots.ts';
import { missingSnapshots } from '../targets/snapshots.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingSnapshots(target) ?? missingVelero(target);

describe.skipIf(missing !== undefined)(`points of the storage alone${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeSnapshots(target, () => worldsOf(target));
});
