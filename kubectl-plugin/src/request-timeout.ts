import { parseDuration } from '@kubectl-dr/core/policy/duration';

/** As kubectl reads it: `0` for no limit, a bare number is seconds. Milliseconds. */
export function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text, '--request-timeout');
}
