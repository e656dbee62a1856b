import type { DrError, ErrorCode } from '@kubectl-dr/core/errors';

/** The contract of `kubectl dr` with scripts. */
export const exit = {
  done: 0,
  error: 1,
  usage: 2,
  failed: 3,
  unprotected: 4,
  timeout: 5,
  refused: 6,
  notConfirmed: 7,
  interrupted: 130,
} as const;

/** As help and documentation tell them. */
export const meanings: Readonly<Record<keyof typeof exit, string>> = {
  done: 'done',
  error: 'error; diff: something differs',
  usage: 'the command line itself is wrong',
  failed: 'the operation ended, but failed or only partly succeeded',
  unprotected: 'not protected, or a policy is violated (--check)',
  timeout: 'timed out while waiting; the operation goes on',
  refused: 'refused: permission, quota, guard, blocker, stale plan',
  notConfirmed: 'not confirmed; nothing was changed',
  interrupted: 'interrupted; what the cluster has begun goes on, and how to continue is printed',
};

const byCode: Partial<Record<ErrorCode, number>> = {
  FORBIDDEN: exit.refused,
  UNCLAIMED_PLACEMENT: exit.refused,
  QUOTA: exit.refused,
  PLAN_STALE: exit.refused,
  OVERTAKEN: exit.refused,
  PLAN_BLOCKED: exit.refused,
  PLAN_EXPIRED: exit.refused,
  OPERATION_RUNNING: exit.refused,
  OPERATION_FAILED: exit.failed,
  TIMEOUT: exit.error,
  NOT_CONFIRMED: exit.notConfirmed,
  INTERRUPTED: exit.interrupted,
};

export function exitCodeOf(error: DrError): number {
  return byCode[error.code] ?? exit.error;
}

/** The command line itself is wrong: exit 2, with a pointer to help. */
export class UsageError extends Error {
  readonly command: string | undefined;
  constructor(message: string, command?: string) {
    super(message);
    this.name = 'UsageError';
    this.command = command;
  }
}
