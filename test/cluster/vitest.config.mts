import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { goCommand } from './control-plane/build.ts';
import { pairsOfClusters } from './control-plane/pairs.ts';
import { MatrixReporter } from './matrix-reporter.ts';
import { sharedData } from './shared-data.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

export const targets = ['memory', 'sandbox', 'real'] as const;
/** `CLUSTER_TARGET=sandbox` (or a list with commas) runs the suites against some of the targets. */
const chosen = (process.env.CLUSTER_TARGET ?? targets.join(',')).split(',');
const unknown = chosen.filter((name) => !(targets as readonly string[]).includes(name));
if (unknown.length > 0) throw new Error(`CLUSTER_TARGET: there is no target ${unknown.join(', ')}; there are ${targets.join(', ')}`);

const { KUBECONFIG_EAST, KUBECONFIG_WEST, CSI_BIN_DIR } = process.env;
/** Between two stories a cluster is emptied in its store, and volumes are simulated: not on somebody's own, nor with drivers. */
const ours = goCommand() !== undefined && !KUBECONFIG_EAST && !KUBECONFIG_WEST && !CSI_BIN_DIR && existsSync(`${sharedData}/crds`);
/**
 * `CLUSTER_SHORT=1`, for `.ci/run`, which has ninety minutes for everything: without what `npm test` has run in memory and in the
 * sandbox, and of a real control plane without what differs there by the time it takes, as far as whole runs have shown.
 */
const short = process.env.CLUSTER_SHORT === '1';
const ranBefore = `{broken-journeys,chance,choices,command-line,drills,execution,existing-objects,failover,fence,fleet,killed,mixed,native,operators,past-moment,planning,relocate,rights,sigkill,site-loss,site-loss-copied,snapshots,split,standby-copied}`;
const slow = `{broken-journeys,choices,drills,engine,execution,existing-objects,failover,mixed,native,operators,past-moment,planning,relocate,sigkill,site-loss,snapshots,split,standby-copied,steered-moves}`;
const shortStories = ['exit-codes'];
/** Command lines word for word: `npm test` tells them of the sandbox. */
const stories =
  `bad-input clock commands commands-in-place commands-moves commands-plans commands-undo completion data doctor exit-codes refused-writes replications restores`
    .split(' ')
    .filter((story) => ours && (!short || shortStories.includes(story)))
    .map((story) => `test/e2e/${story}.test.ts`);

/** Every suite against every target: one project per target. */
export default defineConfig({
  root,
  test: {
    fsModuleCache: true,
    retry: process.env.CI ? 1 : 0,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/cluster-results.json' }], new MatrixReporter()],
    projects: targets
      .filter((target) => chosen.includes(target))
      .map((target) => ({
        root,
        test: {
          name: target,
          globals: true,
          environment: 'node' as const,
          setupFiles: [`${root}/packages/dev/src/vitest.setup.ts`],
          include: ['test/cluster/suites/**/*.test.ts', ...(target === 'real' ? ['test/cluster/real/**/*.test.ts', ...stories] : [])],
          exclude: short ? [`test/cluster/suites/${target === 'real' ? slow : ranBefore}.test.ts`] : [],
          provide: { target },
          // In memory and in the sandbox each file has clusters of its own; two cores are two cores. Real ones come after.
          maxWorkers: target === 'real' ? pairsOfClusters() : 2,
          sequence: { groupOrder: target === 'real' ? 1 : 0 },
          // A real namespace takes its time to go.
          testTimeout: target === 'real' ? 120_000 : 60_000,
          hookTimeout: 120_000,
          ...(target === 'real' ? { globalSetup: [`${here}control-plane/global-setup.ts`] } : {}),
        },
      })),
  },
});
