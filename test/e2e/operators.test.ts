import { describeOperators } from '../suites/operators.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeOperators(target, async () => stillWorlds(target));
