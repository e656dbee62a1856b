import { describeChance } from '../suites/chance.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeChance(target, async () => stillWorlds(target));
