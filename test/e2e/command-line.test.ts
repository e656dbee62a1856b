import { describeCommandLine } from '../suites/command-line.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeCommandLine(target, async () => stillWorlds(target));
