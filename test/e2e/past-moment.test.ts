import { describePastMoments } from '../suites/past-moment.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describePastMoments(target, siteGrounds[target], 1);
