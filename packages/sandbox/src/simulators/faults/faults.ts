import { isTrue } from '../../api/request.ts';
import { ApiError } from '../../api/status.ts';

/**
 * A failure on purpose, for tests and for stories about bad days: plain data. Every fault that befalls a request does its
 * part, in order; the list may be changed while the API runs.
 */
export interface Fault {
  /** Befalls requests of this method, and whose path contains this text; all when absent. */
  method?: string;
  path?: string;
  /** How many requests it befalls; for ever when absent. Counted down here. */
  times?: number;
  /** Real time at which it is over, in milliseconds since 1970. */
  until?: number;
  /** Real milliseconds to wait before anything else happens. */
  delay?: number;
  /** HTTP status with which it answers. */
  status?: number;
  /** Sent as Retry-After with `status`. */
  retryAfterSeconds?: number;
  /** No answer at all: the request fails as on a broken connection. */
  disconnect?: boolean;
  /** After so many events of a watch its connection breaks, in the middle of the next one. Other requests do not suffer. */
  cutWatchAfter?: number;
}

/** What the real server says with a status. */
const words: Record<number, { reason: string; message: string }> = {
  401: { reason: 'Unauthorized', message: 'Unauthorized' },
  429: { reason: 'TooManyRequests', message: 'Too many requests, please try again later.' },
  500: { reason: 'InternalError', message: 'Internal error occurred: it failed on purpose' },
  503: { reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' },
};

/** The doors turn this into a broken connection. */
export class Disconnected extends Error {
  constructor() {
    super('the connection was cut');
    this.name = 'Disconnected';
  }
}

/** Answers a request as the faults let it be answered: late, not at all, or not to the end. */
export async function suffer(faults: readonly Fault[], request: Request, answer: () => Promise<Response>): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const watching = isTrue(searchParams.get('watch'));
  let events: number | undefined;
  for (const fault of faults) {
    if (fault.times === 0 || (fault.until !== undefined && Date.now() >= fault.until)) continue;
    if (fault.method !== undefined && fault.method !== request.method) continue;
    if (!pathname.includes(fault.path ?? '') || (fault.cutWatchAfter !== undefined && !watching)) continue;
    if (fault.times !== undefined) fault.times--;
    if (fault.delay !== undefined) await wait(fault.delay, request.signal);
    if (fault.disconnect === true) throw new Disconnected();
    if (fault.status !== undefined) throw failure(fault, fault.status);
    events ??= fault.cutWatchAfter;
  }
  const response = await answer();
  return events === undefined ? response : cutAfter(response, events);
}

function failure({ retryAfterSeconds }: Fault, status: number): ApiError {
  const { reason, message } = words[status] ?? { reason: '', message: `the request failed on purpose with status ${status}` };
  return new ApiError(status, reason, message, retryAfterSeconds === undefined ? undefined : { retryAfterSeconds });
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason as Error)), { once: true });
  });
}

/** A watch sends one event at a time, so that a chunk is an event. */
function cutAfter(response: Response, events: number): Response {
  let left = events;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      if (left-- > 0) return controller.enqueue(chunk);
      controller.enqueue(chunk.subarray(0, chunk.length / 2));
      // Half of the event is on its way before the connection breaks.
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.error(new Disconnected());
    },
  });
  return new Response(response.body?.pipeThrough(cut) ?? null, response);
}
