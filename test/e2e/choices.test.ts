import { describeChoices } from '../suites/choices.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeChoices(target, async () => stillWorlds(target));
