import { ApiError } from './status.ts';

/**
 * A failure on purpose, for tests and for stories about bad days. The first fault that matches answers; the list may be
 * changed while the API runs.
 */
export interface Fault {
  matches(request: Request): boolean;
  /** How many requests it answers; for ever when absent. Counted down here. */
  times?: number;
  /** HTTP status with which it answers; with none, the request is only delayed, or cut off. */
  status?: number;
  reason?: string;
  message?: string;
  /** Sent as Retry-After. */
  retryAfterSeconds?: number;
  /** Real milliseconds to wait first. */
  delay?: number;
  /** No answer at all: the request fails as on a broken connection. */
  disconnect?: boolean;
}

/** Does what the first matching fault says: waits, throws, or nothing. */
export async function suffer(faults: readonly Fault[] | undefined, request: Request): Promise<void> {
  const fault = faults?.find((candidate) => candidate.times !== 0 && candidate.matches(request));
  if (fault === undefined) return;
  if (fault.times !== undefined) fault.times--;
  if (fault.delay !== undefined) await wait(fault.delay, request.signal);
  if (fault.disconnect === true) throw new Disconnected();
  if (fault.status === undefined) return;
  const details = fault.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: fault.retryAfterSeconds };
  const message = fault.message ?? `the request failed on purpose with status ${fault.status}`;
  throw new ApiError(fault.status, fault.reason ?? '', message, details);
}

/** The doors turn this into a broken connection. */
export class Disconnected extends Error {
  constructor() {
    super('the connection was cut');
    this.name = 'Disconnected';
  }
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      },
      { once: true },
    );
  });
}
