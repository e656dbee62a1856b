import { describeCopiedStandby } from '../suites/standby-copied.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describeCopiedStandby(target, siteGrounds[target]);
