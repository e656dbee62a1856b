import { describeRelocations } from '../suites/relocate.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describeRelocations(target, siteGrounds[target]);
