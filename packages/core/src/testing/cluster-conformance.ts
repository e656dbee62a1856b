import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDeleting } from './cluster-conformance-deleting.ts';
import { checkFailures } from './cluster-conformance-failures.ts';
import type { Checks, ClusterHarness } from './cluster-conformance-harness.ts';
import { checkReading } from './cluster-conformance-reading.ts';
import { checkServer } from './cluster-conformance-server.ts';
import { checkWatching } from './cluster-conformance-watching.ts';
import { checkWriting } from './cluster-conformance-writing.ts';

export { conformanceDefinition, conformanceType } from './cluster-conformance-harness.ts';
export type { ClusterHarness } from './cluster-conformance-harness.ts';

const sections: Record<string, (checks: Checks) => void> = {
  reading: checkReading,
  writing: checkWriting,
  deleting: checkDeleting,
  watching: checkWatching,
  server: checkServer,
  failures: checkFailures,
};

/**
 * The contract of `ports/cluster.ts`, for any implementation over any server, a real one included. One harness serves
 * all checks; each check works in a namespace of its own. `deviations`: title of a check -> why it cannot hold here.
 */
export function describeClusterClient(
  name: string,
  makeHarness: () => ClusterHarness | Promise<ClusterHarness>,
  deviations: Record<string, string> = {},
): void {
  describe(`${name} is a ClusterClient`, () => {
    let harness: ClusterHarness | undefined;
    const titles = new Set<string>();
    beforeAll(async () => {
      harness = await makeHarness();
    });
    afterAll(() => harness?.close?.());

    for (const [section, declare] of Object.entries(sections)) {
      describe(section, () => {
        declare({
          harness: () => harness!,
          check(title, body) {
            titles.add(title);
            const reason = deviations[title];
            if (reason === undefined) it(title, body);
            else it.skip(`${title} (${reason})`, body);
          },
        });
      });
    }

    it('deviates only where a check exists', () => {
      expect(Object.keys(deviations).filter((title) => !titles.has(title))).toEqual([]);
    });
  });
}
