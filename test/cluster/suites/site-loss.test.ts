import { inject } from 'vitest';
import { describeSiteLoss } from '../../suites/site-loss.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`a site is lost${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeSiteLoss(target, groundOf(target), 1);
});
