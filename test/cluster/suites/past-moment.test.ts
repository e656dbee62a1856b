import { inject } from 'vitest';
import { describePastMoments } from '../../suites/past-moment.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`the past of a copy${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describePastMoments(target, groundOf(target), 1);
});
