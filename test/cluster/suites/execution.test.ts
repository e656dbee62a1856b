import { inject } from 'vitest';
import { describeExecution } from '../../suites/execution.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`execution${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeExecution(target, () => worldsOf(target));
});
