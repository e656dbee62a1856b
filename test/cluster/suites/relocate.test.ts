import { inject } from 'vitest';
import { describeRelocations } from '../../suites/relocate.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`two sites${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeRelocations(target, groundOf(target));
});
