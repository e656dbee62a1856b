import { siteGrounds } from '../suites/site-ground.ts';
import { describeCopiedSiteLoss } from '../suites/site-loss.ts';

for (const target of ['memory', 'sandbox'] as const) describeCopiedSiteLoss(target, siteGrounds[target], 1);
