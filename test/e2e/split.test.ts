import { siteGrounds } from '../suites/site-ground.ts';
import { describeSplit } from '../suites/split.ts';

for (const target of ['memory', 'sandbox'] as const) describeSplit(target, siteGrounds[target]);
