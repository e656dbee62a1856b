import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The portal in the system's Chromium: one sandbox, one backend and one built app for all files. */
export default defineConfig({
  root,
  test: {
    name: 'browser',
    globals: true,
    environment: 'node',
    include: ['test/browser/**/*.test.ts'],
    globalSetup: [`${root}/test/browser/portal.ts`],
    // All look at the same clusters, and two cores are two cores.
    fileParallelism: false,
    retry: process.env.CI ? 1 : 0,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/browser-results.json' }]],
  },
});
