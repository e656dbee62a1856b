import { describeFences } from '../suites/fence.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describeFences(target, siteGrounds[target]);
