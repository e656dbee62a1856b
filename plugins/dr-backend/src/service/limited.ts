import { DrError, ServiceUnavailableError } from '@kubectl-dr/core/errors';

/** What takes longer than this is not worth waiting for, milliseconds. */
const limit = 60_000;

/** ServiceUnavailableError TIMEOUT for work of somebody who waits, and that is not ready after a minute. `what` begins the sentence. */
export async function limited<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(limit);
  try {
    return await work(signal);
  } catch (thrown) {
    if (!signal.aborted || thrown instanceof DrError) throw thrown;
    throw new ServiceUnavailableError(`${what} was not ready after ${limit / 1000} s`, {
      code: 'TIMEOUT',
      cause: thrown,
      hint: 'Look whether the clusters answer, and try again.',
    });
  }
}
