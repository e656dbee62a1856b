import { inject } from 'vitest';
import { describePlanning } from '../../suites/planning.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`planning${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describePlanning(target, () => worldsOf(target));
});
