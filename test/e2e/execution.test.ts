import { describeExecution } from '../suites/execution.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeExecution(target, async () => stillWorlds(target));
