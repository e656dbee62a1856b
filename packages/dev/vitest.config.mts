import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));
const setup = (name: string) => fileURLToPath(new URL(`./src/${name}`, import.meta.url));

/** One runner for every package: `node` for what has no DOM, `dom` for the portal's frontend. */
export default defineConfig({
  root,
  test: {
    fsModuleCache: true,
    // Some of it waits for processes of its own: with one more than processors none is idle meanwhile.
    maxWorkers: os.availableParallelism() + 1,
    // What passes only then is listed at the end of CI, by name.
    retry: process.env.CI ? 1 : 0,
    projects: [
      {
        root,
        test: {
          name: 'node',
          globals: true,
          environment: 'node',
          setupFiles: [setup('vitest.setup.ts')],
          include: [
            'packages/{core,kubernetes,sandbox,backend}/src/**/*.test.ts',
            'plugins/{dr-common,dr-node,dr-backend,catalog-backend-module-dr}/src/**/*.test.ts',
            'kubectl-plugin/src/**/*.test.ts',
            'test/{architecture,e2e}/**/*.test.ts',
          ],
          // Against what hangs: how fast it is depends on who else is on the machine. Opening a fleet is work as well.
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        root,
        test: {
          name: 'dom',
          globals: true,
          environment: 'jsdom',
          server: { deps: { inline: [/@backstage\//, /material-ui-popup-state/] } },
          setupFiles: [setup('vitest.setup.ts'), setup('vitest.setup.dom.ts')],
          include: ['plugins/dr/src/**/*.test.{ts,tsx}', 'packages/app/src/**/*.test.{ts,tsx}'],
          testTimeout: 90_000,
        },
      },
    ],
  },
});
