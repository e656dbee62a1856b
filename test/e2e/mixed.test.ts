import { describeMixed } from '../suites/mixed.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describeMixed(target, siteGrounds[target]);
