import { openTwoSites } from '../cluster/targets/two-sites.ts';
import { describeSplit } from '../suites/split.ts';

describeSplit('sandbox', () => openTwoSites('sandbox'));
