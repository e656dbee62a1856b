import { inject } from 'vitest';
import { describeChance } from '../../suites/chance.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`chance${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeChance(target, () => worldsOf(target));
});
