import { inject } from 'vitest';
import { describeData } from '../../suites/data.ts';
import type { ExampleFleet } from '../../suites/example-fleet.ts';
import { describeLooking } from '../../suites/looking.ts';
import { describePolicies } from '../../suites/policies.ts';
import { openExampleFleet } from '../targets/example-fleet.ts';
import { missingVelero } from '../targets/velero.ts';

const target = inject('target');
const missing = missingVelero(target);

/** The same command lines as `test/e2e` types to the sandbox, on two clusters that live by the clock on the wall. */
describe.skipIf(missing !== undefined)(`a fleet on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let fleet: ExampleFleet;
  beforeAll(async () => {
    fleet = await openExampleFleet(target);
    await fleet.backUp('p1');
  });
  afterAll(() => fleet?.close());

  describeLooking(() => fleet);
  describePolicies(() => fleet);
  describeData(() => fleet);
});
