import { siteGrounds } from '../suites/site-ground.ts';
import { describeCopiedSiteLoss } from '../suites/site-loss.ts';

for (const [target, usual] of [
  ['memory', 4],
  ['sandbox', 1],
] as const)
  describeCopiedSiteLoss(target, siteGrounds[target], usual);
