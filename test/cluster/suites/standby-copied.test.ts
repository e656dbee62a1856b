import { inject } from 'vitest';
import { describeCopiedStandby } from '../../suites/standby-copied.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`two sites${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeCopiedStandby(target, groundOf(target));
});
