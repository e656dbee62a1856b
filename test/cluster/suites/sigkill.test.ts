import { inject } from 'vitest';
import { describeSigkill } from '../../suites/sigkill.ts';
import { missingVelero } from '../targets/velero.ts';
import { livingWorlds } from '../targets/worlds.ts';

const target = inject('target');
const missing = target === 'memory' ? 'no other process reaches a cluster in memory' : missingVelero(target);

describe.skipIf(missing !== undefined)(`a process that is killed${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeSigkill(target, async () => ({ ...(await livingWorlds(target === 'real' ? 'real' : 'sandbox', 20)), sample: 60 }));
});
