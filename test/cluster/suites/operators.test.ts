import { inject } from 'vitest';
import { describeOperators } from '../../suites/operators.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`databases of operators${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeOperators(target, () => worldsOf(target));
});
