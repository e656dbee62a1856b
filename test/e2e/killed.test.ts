import { describeKilled } from '../suites/killed.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeKilled(target, async () => stillWorlds(target));
