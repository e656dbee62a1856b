import { describeRights } from '../suites/rights.ts';
import { stillWorlds } from '../suites/still.ts';

describeRights('sandbox', async () => stillWorlds('sandbox'));
