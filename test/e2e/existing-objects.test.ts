import { describeExistingObjects } from '../suites/existing-objects.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeExistingObjects(target, async () => stillWorlds(target));
