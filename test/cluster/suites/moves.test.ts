import { inject } from 'vitest';
import { describeMoves } from '../../suites/moves.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`moves between sites${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  // A file has one pair of real clusters.
  describeMoves(target, groundOf(target), 30, target === 'real' ? 1 : 2);
});
