import { siteGrounds } from '../suites/site-ground.ts';
import { describeSiteLoss } from '../suites/site-loss.ts';

for (const target of ['memory', 'sandbox'] as const) describeSiteLoss(target, siteGrounds[target], 1);
