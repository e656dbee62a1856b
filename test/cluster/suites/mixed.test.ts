import { inject } from 'vitest';
import { describeMixed } from '../../suites/mixed.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`two engines${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeMixed(target, groundOf(target));
});
