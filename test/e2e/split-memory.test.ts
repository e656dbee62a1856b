import { openTwoSites } from '../cluster/targets/two-sites.ts';
import { describeSplit } from '../suites/split.ts';

// In a file of its own: most of it is waiting, for which the other target need not wait.
describeSplit('memory', () => openTwoSites('memory'));
