import type { Dispatcher, WebSocket } from 'undici';
import type { DownloadOptions } from '@kubectl-dr/core/ports/cluster';
import type { Credentials, TlsOptions } from '../auth/credentials.ts';
import type { ClusterConfig } from '../kubeconfig/context.ts';
import { bytesOf, textOf } from './body.ts';
import type { Answer, Connection, Exchange } from './connection.ts';
import { connectTo, namesProxy } from './connection.ts';
import type { DrError } from '@kubectl-dr/core/errors';
import { errorOfExpired, errorOfFailure, errorOfStatus, isNotVouchedFor, isTurnedAway } from './errors.ts';
import { monotonic } from './monotonic.ts';
import type { RequestTarget } from './errors.ts';
import type { Traced } from './trace.ts';

export interface TransportOptions {
  config: ClusterConfig;
  credentials: Credentials;
  /** Instead of our own connection: the sandbox's door, or an interceptor of tests. Not closed by us. */
  dispatcher?: Dispatcher;
  /** Where proxies are named; default: that of this process. */
  env?: Record<string, string | undefined>;
  /** Sent with every request besides; asked for each time. */
  headers?: () => Promise<Record<string, string>>;
  /** Milliseconds for one request, watches excepted; 0: none. */
  timeout: number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** `-v=6` and more: called for each request when it has ended; `traceText` makes a text of it without secrets. */
  trace?: (traced: Traced) => void;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query below the server's address. */
  path: string;
  target: Pick<RequestTarget, 'verb' | 'what'>;
  body?: unknown;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** A watch: no time limit. */
  stream?: boolean;
}

const maxRetries = 3;
/** Nobody waits longer for a server that says "later". */
const maxRetryAfter = 30_000;

/** One server, one connection, one place where a request leaves this process. */
export class Transport {
  private readonly options: TransportOptions;
  private readonly connection: Connection;
  private readonly prefix: string;
  private readonly origin: string;
  /** Called with each answer's Date header. */
  onDate?: (date: string) => void;

  constructor(options: TransportOptions) {
    this.options = options;
    const url = new URL(options.config.cluster.server);
    this.origin = url.origin;
    this.prefix = url.pathname.replace(/\/+$/, '');
    this.connection = this.connectionTo(url, () => options.credentials.tls(), options.config.cluster.proxyUrl);
  }

  /** A stream: the answer, when its status is below 300; everything else is thrown as a DrError. */
  async stream(call: HttpRequest): Promise<Answer> {
    return this.repeated({ ...call, stream: true }, async (answer) => answer);
  }

  /** The text of an answer below 300; everything else is thrown as a DrError. */
  async text(call: HttpRequest): Promise<string> {
    return this.repeated(call, ({ body }) => textOf(body));
  }

  async json(call: HttpRequest): Promise<unknown> {
    return this.parse(await this.text(call), call);
  }

  /** The text of an answer to this call as JSON; ServiceUnavailableError when it is none. */
  parse(text: string, call: Pick<HttpRequest, 'target'>): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw errorOfFailure(error, this.targetOf(call));
    }
  }

  /**
   * A link on the same server is fetched over the same connection (its authority is not one that the system knows), any
   * other over one of its own. No header of ours goes with either. Throws what Node says.
   */
  async download(url: URL, { signal, authorities }: DownloadOptions = {}): Promise<{ status: number; bytes: Uint8Array }> {
    if (url.origin === this.origin || this.options.dispatcher) return fetched(this.connection, url, signal);
    const over = async (tls?: () => Promise<TlsOptions>): Promise<{ status: number; bytes: Uint8Array }> => {
      const connection = this.connectionTo(url, tls);
      try {
        return await fetched(connection, url, signal);
      } finally {
        await connection.close();
      }
    };
    try {
      return await over();
    } catch (error) {
      const named = isNotVouchedFor(error) ? await authorities?.() : undefined;
      if (named === undefined) throw error;
      const { rootCertificates } = await import('node:tls');
      return over(async () => ({ ca: [...rootCertificates, named] }));
    }
  }

  /**
   * Makes WebSockets with the identity of every request, over HTTP/1.1. One that fails may tell so before anything else
   * happens: whoever makes it listens at once. `close` ends what they go over.
   */
  async sockets(signal?: AbortSignal): Promise<{ open(path: string, protocol: string): WebSocket; close(): Promise<void> }> {
    const { Agent, EnvHttpProxyAgent, ProxyAgent, WebSocket: Socket } = await import('undici');
    const { dispatcher: given, credentials, config } = this.options;
    const { accept: _, ...headers } = await this.headersOf({
      method: 'GET',
      path: '',
      target: { verb: 'exec', what: '' },
      ...(signal && { signal }),
    });
    const flat = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((text): [string, string] => [name, text]));
    const tls = await credentials.tls();
    const own = (): Dispatcher => {
      if (config.cluster.proxyUrl) return new ProxyAgent({ uri: config.cluster.proxyUrl, requestTls: tls });
      return namesProxy(this.options.env ?? process.env)
        ? new EnvHttpProxyAgent({ connect: tls, requestTls: tls })
        : new Agent({ connect: { timeout: 10_000, ...tls } });
    };
    const dispatcher = given ?? own();
    return {
      open: (path, protocol) => new Socket(`${this.origin}${this.prefix}${path}`, { protocols: protocol, headers: flat, dispatcher }),
      close: async () => (given ? undefined : dispatcher.destroy()),
    };
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Carries the call out, again where the server asks for it, and reads the answer by `read` within the call's time. */
  private async repeated<T>(call: HttpRequest, read: (answer: Answer) => Promise<T>): Promise<T> {
    let refreshed = false;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.once<T | string>(call, (given) => (given.status < 300 ? read(given) : textOf(given.body).catch(() => '')));
      if (answer.status < 300) return answer.read as T;
      const retryAfter = Number(answer.headers['retry-after']);
      if (answer.status === 401 && !refreshed && this.options.credentials.refresh(answer.authorization)) {
        refreshed = true;
        continue;
      }
      if ((answer.status === 429 || answer.status === 503) && Number.isFinite(retryAfter) && attempt < maxRetries) {
        await this.options.sleep(Math.min(retryAfter * 1000, maxRetryAfter), call.signal);
        continue;
      }
      throw (
        (answer.status === 401 && (await this.expired(call))) || errorOfStatus(answer.status, answer.read as string, this.targetOf(call))
      );
    }
  }

  private async once<T>(
    call: HttpRequest,
    read: (answer: Answer) => Promise<T>,
  ): Promise<Omit<Answer, 'body'> & { read: T; authorization: string | undefined }> {
    const { timeout, trace } = this.options;
    const limit = call.stream || timeout === 0 ? undefined : AbortSignal.timeout(timeout);
    const signals = [call.signal, limit].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    call.signal?.throwIfAborted();
    const began = monotonic();
    const path = `${this.prefix}${call.path}`;
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    let sent: Exchange['headers'] = {};
    const told = (ended: Pick<Traced, 'status' | 'failure' | 'answeredHeaders' | 'answered'>): void =>
      trace?.({
        method: call.method,
        url: `${this.origin}${path}`,
        headers: sent,
        ...(body === undefined ? {} : { body }),
        milliseconds: monotonic() - began,
        ...ended,
      });
    try {
      sent = { ...(await this.headersOf(call)), ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) };
      const answer = await this.connection.exchange({
        method: call.method,
        path,
        headers: sent,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
        ...(call.stream ? { stream: true } : {}),
      });
      const { status, headers } = answer;
      if (headers.date !== undefined) this.onDate?.(headers.date);
      const done = await read(answer);
      told({ status, answeredHeaders: headers, ...(typeof done === 'string' ? { answered: done } : {}) });
      const { authorization } = sent;
      return { status, headers, read: done, authorization: typeof authorization === 'string' ? authorization : undefined };
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      const late = limit?.aborted ? Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }) : error;
      told({ failure: (late as { code?: string }).code ?? 'failed' });
      throw (isTurnedAway(late) && (await this.expired(call))) || errorOfFailure(late, this.targetOf(call));
    }
  }

  /** A server refuses an expired client certificate without saying what is wrong with it: with 401, with an alert, or by hanging up. */
  private async expired(call: HttpRequest): Promise<DrError | undefined> {
    const since = await this.options.credentials.expired().catch(() => undefined);
    return since && errorOfExpired(since, this.options.config.user.name, this.targetOf(call));
  }

  private async headersOf(call: HttpRequest): Promise<Exchange['headers']> {
    const { credentials, config } = this.options;
    const authorization = await credentials.authorization(call.signal);
    const { user, groups, uid } = config.user.impersonate ?? {};
    return {
      accept: call.accept ?? 'application/json',
      'user-agent': 'kubectl-dr',
      ...(authorization === undefined ? {} : { authorization }),
      ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      ...(user === undefined ? {} : { 'impersonate-user': user }),
      // One header line per group: joined into one, the server would take them for one group with commas in its name.
      ...(groups && groups.length > 0 ? { 'impersonate-group': groups } : {}),
      ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
      ...(await this.options.headers?.()),
    };
  }

  /** As errors name it. */
  targetOf({ target }: Pick<HttpRequest, 'target'>): RequestTarget {
    const { name, context } = this.options.config;
    return { ...target, cluster: name, context, server: this.origin };
  }

  private connectionTo(url: URL, tls?: () => Promise<TlsOptions>, proxyUrl?: string): Connection {
    const { dispatcher, env } = this.options;
    if (dispatcher) return through(dispatcher, url.origin);
    return connectTo(url.origin, { ...(tls ? { tls } : {}), ...(env ? { env } : {}), proxy: proxyUrl });
  }
}

async function fetched(connection: Connection, url: URL, signal?: AbortSignal): Promise<{ status: number; bytes: Uint8Array }> {
  const path = `${url.pathname}${url.search}`;
  const { status, body } = await connection.exchange({ method: 'GET', path, headers: {}, ...(signal ? { signal } : {}) });
  return { status, bytes: await bytesOf(body) };
}

/** The sandbox's door as a connection. */
function through(dispatcher: Dispatcher, origin: string): Connection {
  return {
    async exchange({ method, path, headers, body, signal }) {
      const answer = await dispatcher.request({
        origin,
        path,
        method: method as Dispatcher.HttpMethod,
        headers,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
    close: async () => undefined,
  };
}
