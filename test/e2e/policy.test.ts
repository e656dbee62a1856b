import { describePolicies } from '../suites/policies.ts';
import { TestFleet } from './fleet.ts';

/** Against the sandbox, where time stands still; `test/cluster/suites/fleet.test.ts` has all three targets. */
let fleet: TestFleet;
beforeAll(async () => {
  fleet = await TestFleet.open();
});
afterAll(() => fleet.close());

describePolicies(() => fleet);
