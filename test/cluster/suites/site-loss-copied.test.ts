import { inject } from 'vitest';
import { describeCopiedSiteLoss } from '../../suites/site-loss.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`a site is lost${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeCopiedSiteLoss(target, groundOf(target), 1);
});
