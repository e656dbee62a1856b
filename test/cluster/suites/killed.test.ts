import { inject } from 'vitest';
import { describeKilled } from '../../suites/killed.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`a process that dies${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeKilled(target, () => worldsOf(target));
});
