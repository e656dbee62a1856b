import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Dispatcher } from 'undici';
import type { Api } from '../api/server.ts';
import { streamTo } from '../simulators/workloads/exec-channel.ts';

/**
 * An undici Dispatcher that answers in this process: no socket, no TLS, bodies streamed, aborts honoured. Nothing waits for
 * the machine, so that on a clock of a test everything is answered before time goes on.
 */
export function apiDispatcher(api: Pick<Api, 'fetch'>): Dispatcher {
  return new ApiDispatcher(api);
}

class ApiDispatcher extends Dispatcher {
  readonly #api: Pick<Api, 'fetch'>;

  constructor(api: Pick<Api, 'fetch'>) {
    super();
    this.#api = api;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const controller = new Controller(handler);
    void this.#run(options, handler, controller);
    return true;
  }

  async #run(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler, controller: Controller): Promise<void> {
    // Handlers expect `dispatch` to have returned before the first of their methods is called.
    await Promise.resolve();
    try {
      handler.onRequestStart?.(controller, {});
      if (controller.aborted) return;
      const response = await this.#api.fetch(await toRequest(options, controller.signal));
      if (controller.aborted) return void (await response.body?.cancel());
      if (options.upgrade && response.ok) return await streamTo(toHeaders(options.headers), response, handler, controller);
      const headers = Object.fromEntries(response.headers);
      controller.rawHeaders = [...response.headers].flat().map((text) => Buffer.from(text));
      handler.onResponseStart?.(controller, response.status, headers, response.statusText);
      await this.#pass(response, handler, controller);
      if (!controller.aborted) handler.onResponseEnd?.(controller, {});
    } catch (thrown) {
      controller.fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  async #pass(response: Response, handler: Dispatcher.DispatchHandler, controller: Controller): Promise<void> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    controller.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true });
    while (!controller.aborted) {
      const { done, value } = await reader.read();
      if (done || controller.aborted) return;
      handler.onResponseData?.(controller, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    }
  }
}

class Controller implements Dispatcher.DispatchController {
  rawHeaders: Buffer[] | null = null;
  rawTrailers: Buffer[] | null = null;
  reason: Error | null = null;
  /** Nothing is held back: what the handler does not want yet, it keeps. */
  readonly paused = false;
  readonly #abort = new AbortController();
  readonly #handler: Dispatcher.DispatchHandler;
  #told = false;

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get aborted(): boolean {
    return this.#abort.signal.aborted;
  }

  pause(): void {}

  resume(): void {}

  abort(reason: Error): void {
    if (this.aborted) return;
    this.reason = reason;
    this.#abort.abort(reason);
    this.fail(reason);
  }

  fail(error: Error): void {
    if (this.#told) return;
    this.#told = true;
    this.#handler.onResponseError?.(this, this.reason ?? error);
  }
}

async function toRequest(options: Dispatcher.DispatchOptions, signal: AbortSignal): Promise<Request> {
  const url = new URL(options.path, options.origin ?? 'https://sandbox.invalid');
  for (const [name, value] of Object.entries(options.query ?? {})) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value as unknown]) url.searchParams.append(name, String(item));
  }
  const headers = toHeaders(options.headers);
  if (typeof options.upgrade === 'string') headers.set('upgrade', options.upgrade);
  const body = options.body === undefined || options.body === null ? null : await toBody(options.body);
  return new Request(url, { method: options.method, headers, body, signal });
}

async function toBody(body: NonNullable<Dispatcher.DispatchOptions['body']>): Promise<BodyInit> {
  return body instanceof Readable ? buffer(body) : (body as BodyInit);
}

function toHeaders(given: Dispatcher.DispatchOptions['headers']): Headers {
  const headers = new Headers();
  const pairs = Array.isArray(given)
    ? given.flatMap((name: string, index) => (index % 2 === 0 ? [[name, given[index + 1]] as const] : []))
    : Object.entries(given ?? {});
  for (const [name, value] of pairs)
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value as unknown])
      if (item !== undefined && item !== null) headers.append(name, String(item));
  return headers;
}
