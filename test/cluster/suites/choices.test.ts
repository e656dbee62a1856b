import { inject } from 'vitest';
import { describeChoices } from '../../suites/choices.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`what was chosen${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeChoices(target, () => worldsOf(target));
});
