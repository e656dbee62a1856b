import { livingWorlds } from '../cluster/targets/worlds.ts';
import { describeSigkill } from '../suites/sigkill.ts';

describeSigkill('the sandbox', async () => ({ ...(await livingWorlds('sandbox', 50)), sample: 60 }));
