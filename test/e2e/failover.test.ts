import { describeFailovers } from '../suites/failover.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describeFailovers(target, siteGrounds[target]);
