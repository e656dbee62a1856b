import type { Handlers } from './carry-out.ts';

export { carryOut } from './carry-out.ts';
export { liveNames } from './completion/live-names.ts';

/** Of the commands that only look. In the bundle they have a file of their own, read sooner than one with everything. */
export const handlers: Handlers = {
  describe: () => import('./commands/describe.run.ts'),
  explain: () => import('./commands/explain.run.ts'),
  get: () => import('./commands/get.run.ts'),
  status: () => import('./commands/status.run.ts'),
  version: () => import('./commands/version.run.ts'),
};
