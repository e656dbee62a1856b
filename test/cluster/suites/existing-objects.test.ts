import { inject } from 'vitest';
import { describeExistingObjects } from '../../suites/existing-objects.ts';
import { missingVelero } from '../targets/velero.ts';
import { worldsOf } from '../targets/worlds.ts';

const target = inject('target');
const missing = missingVelero(target);

describe.skipIf(missing !== undefined)(`what exists already${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeExistingObjects(target, () => worldsOf(target));
});
