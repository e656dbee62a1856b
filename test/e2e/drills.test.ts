import { describeDrills } from '../suites/drills.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeDrills(target, async () => stillWorlds(target));
