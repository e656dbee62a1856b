import { inject } from 'vitest';
import { describeDrills } from '../../suites/drills.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`drills${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeDrills(target, () => worldsOf(target));
});
