import { describeDrills } from '../suites/drills.ts';
import { describeStandbyDrills } from '../suites/standby-drills.ts';
import { stillWorlds } from '../suites/still.ts';

for (const target of ['memory', 'sandbox'] as const) {
  describeDrills(target, async () => stillWorlds(target));
  describeStandbyDrills(target, async () => stillWorlds(target, { standby: true }));
}
