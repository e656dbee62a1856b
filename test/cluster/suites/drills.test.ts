import { inject } from 'vitest';
import { describeDrills } from '../../suites/drills.ts';
import { describeStandbyDrills } from '../../suites/standby-drills.ts';
import { realVelero } from '../targets/real-velero.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`drills${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeDrills(target, () => worldsOf(target));
});

const alone = target === 'real' && realVelero() !== undefined ? 'a machine has room for one real Velero' : missing;

describe.skipIf(alone !== undefined)(`drills on the standby${alone === undefined ? '' : ` (skipped: ${alone})`}`, () => {
  describeStandbyDrills(target, () => worldsOf(target, { standby: true }));
});
