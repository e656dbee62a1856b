import { stillWorlds } from '../suites/still.ts';
import { describeVerification } from '../suites/verification.ts';

for (const target of ['memory', 'sandbox'] as const) describeVerification(target, async () => stillWorlds(target));
