import { describeGraphs } from '../suites/graphs.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeGraphs(target, async () => stillWorlds(target));
