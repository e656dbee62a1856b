import { describeSnapshots } from '../suites/snapshots.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeSnapshots(target, async () => stillWorlds(target));
