import { describeMoves } from '../suites/moves.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describeMoves(target, siteGrounds[target], target === 'memory' ? 12 : 24, 4);
