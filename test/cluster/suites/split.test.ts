import { inject } from 'vitest';
import { describeSplit } from '../../suites/split.ts';
import { missingCopies, openTwoSites } from '../targets/two-sites.ts';

const target = inject('target');
const missing = missingCopies(target);

describe.skipIf(missing !== undefined)(`split applications${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeSplit(target, () => openTwoSites(target));
});
