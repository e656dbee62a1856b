import { describeNative } from '../suites/native.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) describeNative(target, async () => stillWorlds(target));
