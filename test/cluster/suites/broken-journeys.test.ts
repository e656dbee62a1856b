import { inject } from 'vitest';
import { describeBrokenJourneys } from '../../suites/broken-journeys.ts';
import { inMemory, someOfEach } from '../../suites/journeys.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`broken journeys${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  // A file has one pair of real clusters.
  if (target === 'real') describeBrokenJourneys(target, groundOf(target), someOfEach.slice(0, 2), { most: 1, faults: 1, atOnce: 1 });
  else describeBrokenJourneys(target, groundOf(target), target === 'memory' ? inMemory : someOfEach, { most: 1, faults: 1, atOnce: 2 });
});
