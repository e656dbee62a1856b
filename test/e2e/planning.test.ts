import { describePlanning } from '../suites/planning.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describePlanning(target, async () => stillWorlds(target));
