import { inject } from 'vitest';
import { describeFences } from '../../suites/fence.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`two sites${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeFences(target, groundOf(target));
});
