import { describeBrokenJourneys } from '../suites/broken-journeys.ts';

for (const by of ['volsync', 'velero', 'both'] as const) describeBrokenJourneys(by, 1, 8);
