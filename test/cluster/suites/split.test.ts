import { inject } from 'vitest';
import { describeSplit } from '../../suites/split.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`split applications${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeSplit(target, groundOf(target));
});
