import { inject } from 'vitest';
import { describeNative } from '../../suites/native.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`disks without a CSI driver${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeNative(target, () => worldsOf(target));
});
