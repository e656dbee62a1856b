import type { DrError, ErrorCode } from '@kubectl-dr/core/errors';

/** The contract of `kubectl dr` with scripts. */
export const exit = {
  done: 0,
  error: 1,
  usage: 2,
  /** The operation ended, but failed or only partly succeeded. */
  failed: 3,
  /** Not protected, or a policy is violated (`--check`). */
  unprotected: 4,
  /** Timed out while waiting; the operation goes on. */
  timeout: 5,
  /** Refused: permission, quota, guard, blocker, stale plan. */
  refused: 6,
  notConfirmed: 7,
  interrupted: 130,
} as const;

const byCode: Partial<Record<ErrorCode, number>> = {
  FORBIDDEN: exit.refused,
  UNCLAIMED_PLACEMENT: exit.refused,
  QUOTA: exit.refused,
  PLAN_STALE: exit.refused,
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
