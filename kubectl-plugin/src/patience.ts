import { parseDuration } from '@kubectl-dr/core/policy/duration';
import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { UsageError } from './exit-codes.ts';

/** For how long somebody looks on: until Ctrl-C, or until `--timeout` is over. */
export interface Patience {
  signal: AbortSignal;
  /** The time is over, and nobody pressed Ctrl-C. */
  isOver(): boolean;
  /** `timed out after 5m`. */
  text: string;
}

export function patienceOf(args: Arguments, { signal }: Pick<Context, 'signal'>): Patience {
  const given = flagText(args, 'timeout');
  if (given === undefined) return { signal, isOver: () => false, text: '' };
  const deadline = AbortSignal.timeout(parseDuration(given, '--timeout'));
  return {
    signal: AbortSignal.any([signal, deadline]),
    isOver: () => deadline.aborted && !signal.aborted,
    text: `timed out after ${given}`,
  };
}

/** UsageError for `--wait=false` where this process is what carries the operation out. */
export function assertStays(args: Arguments): void {
  if (args.flags.wait === false)
    throw new UsageError('--wait=false needs --portal: nothing carries an operation out when this command has ended; there is --timeout');
}
