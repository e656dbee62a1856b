import { describeBrokenJourneys } from '../suites/broken-journeys.ts';
import { inMemory, someOfEach } from '../suites/journeys.ts';
import { siteGrounds } from '../suites/site-ground.ts';

describeBrokenJourneys('memory', siteGrounds.memory, inMemory, { most: 1, faults: 3, atOnce: 8 });
describeBrokenJourneys('sandbox', siteGrounds.sandbox, someOfEach, { most: 1, faults: 1, atOnce: 4 });
