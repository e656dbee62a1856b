import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';

export interface Handler {
  /** Gives the exit code. */
  run(args: Arguments, context: Context): Promise<number>;
}

/** What carries out each command, loaded on use. */
export const handlers: Readonly<Record<string, () => Promise<Handler>>> = {
  apply: () => import('./commands/apply.run.ts'),
  backup: () => import('./commands/backup.run.ts'),
  cancel: () => import('./commands/cancel.run.ts'),
  confirm: () => import('./commands/confirm.run.ts'),
  describe: () => import('./commands/describe.run.ts'),
  diff: () => import('./commands/diff.run.ts'),
  explain: () => import('./commands/explain.run.ts'),
  get: () => import('./commands/get.run.ts'),
  logs: () => import('./commands/logs.run.ts'),
  plan: () => import('./commands/plan.run.ts'),
  restore: () => import('./commands/restore.run.ts'),
  resume: () => import('./commands/resume.run.ts'),
  sandbox: () => import('./commands/sandbox.run.ts'),
  status: () => import('./commands/status.run.ts'),
  undo: () => import('./commands/undo.run.ts'),
  version: () => import('./commands/version.run.ts'),
  wait: () => import('./commands/wait.run.ts'),
};
