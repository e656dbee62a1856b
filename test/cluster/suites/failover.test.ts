import { inject } from 'vitest';
import { describeFailovers } from '../../suites/failover.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`two sites${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeFailovers(target, groundOf(target));
});
