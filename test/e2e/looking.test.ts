import { describeLooking } from '../suites/looking.ts';
import { TestFleet } from './fleet.ts';

/** Against the sandbox, where time stands still; `test/cluster/suites/fleet.test.ts` has all three targets. */
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
  await fleet.backUp('p1');
});
afterAll(() => fleet.close());

describeLooking(() => fleet);
