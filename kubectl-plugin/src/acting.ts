import type { choose as ask } from './choose.ts';
import type { Handlers } from './carry-out.ts';

export { carryOut } from './carry-out.ts';

/** Here and not in what starts: few commands ask. */
export const choose: typeof ask = async (...question) => (await import('./choose.ts')).choose(...question);

/** Of the commands that do something. */
export const handlers: Handlers = {
  apply: () => import('./commands/apply.run.ts'),
  approve: () => import('./commands/approve.run.ts'),
  backup: () => import('./commands/backup.run.ts'),
  cancel: () => import('./commands/cancel.run.ts'),
  completion: () => import('./commands/completion.run.ts'),
  confirm: () => import('./commands/confirm.run.ts'),
  diff: () => import('./commands/diff.run.ts'),
  doctor: () => import('./commands/doctor.run.ts'),
  drill: () => import('./commands/drill.run.ts'),
  failback: () => import('./commands/failback.run.ts'),
  failover: () => import('./commands/failover.run.ts'),
  logs: () => import('./commands/logs.run.ts'),
  plan: () => import('./commands/plan.run.ts'),
  policy: () => import('./commands/policy.run.ts'),
  reject: () => import('./commands/reject.run.ts'),
  relocate: () => import('./commands/relocate.run.ts'),
  report: () => import('./commands/report.run.ts'),
  restore: () => import('./commands/restore.run.ts'),
  resume: () => import('./commands/resume.run.ts'),
  sandbox: () => import('./commands/sandbox.run.ts'),
  undo: () => import('./commands/undo.run.ts'),
  wait: () => import('./commands/wait.run.ts'),
};
