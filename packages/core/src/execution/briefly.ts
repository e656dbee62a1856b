import { ServiceUnavailableError } from '../errors.ts';
import type { RequestOptions } from '../ports/cluster.ts';

/** Milliseconds. A request may take half a minute; an operation has other things to do. */
const patience = 5_000;

/**
 * Asks a cluster that is not needed, and waits no longer than this for its answer, whether or not it takes the signal:
 * ServiceUnavailableError TIMEOUT then.
 */
export async function briefly<T>(cluster: string, ask: (options: RequestOptions) => Promise<T>, milliseconds = patience): Promise<T> {
  const late = new AbortController();
  const error = new ServiceUnavailableError(`${cluster} did not answer within ${milliseconds / 1000} s`, { code: 'TIMEOUT', cluster });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late.abort(error);
      reject(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([ask({ signal: late.signal }), over]);
  } finally {
    clearTimeout(timer);
  }
}
