import { Agent, EnvHttpProxyAgent, ProxyAgent, getGlobalDispatcher, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { Credentials } from '../auth/credentials.ts';
import type { ClusterConfig } from '../kubeconfig/context.ts';
import { errorOfFailure, errorOfStatus } from './errors.ts';
import type { RequestTarget } from './errors.ts';

export interface TransportOptions {
  config: ClusterConfig;
  credentials: Credentials;
  /** Instead of our own connection: the sandbox's door, or an interceptor of tests. Not closed by us. */
  dispatcher?: Dispatcher;
  /** Milliseconds for one request, watches excepted; 0: none. */
  timeout: number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** `-v=6`: called for each answer. Never sees a credential. */
  trace?: (line: { method: string; url: string; status: number; milliseconds: number }) => void;
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

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Dispatcher.ResponseData['body'];
}

const maxRetries = 3;
/** Nobody waits longer for a server that says "later". */
const maxRetryAfter = 30_000;

/** One server, one pool of connections, one place where a request leaves this process. */
export class Transport {
  private readonly options: TransportOptions;
  private dispatcher: Promise<Dispatcher> | undefined;
  private readonly prefix: string;
  private readonly origin: string;
  /** Called with each answer's Date header. */
  onDate?: (date: string) => void;

  constructor(options: TransportOptions) {
    this.options = options;
    const url = new URL(options.config.cluster.server);
    this.origin = url.origin;
    this.prefix = url.pathname.replace(/\/+$/, '');
  }

  /** The answer, whatever its status below 300; everything else is thrown as a DrError. */
  async send(call: HttpRequest): Promise<HttpResponse> {
    const target: RequestTarget = {
      ...call.target,
      cluster: this.options.config.name,
      context: this.options.config.context,
      server: this.origin,
    };
    let refreshed = false;
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.once(call, target);
      if (response.status < 300) return response;
      const retryAfter = Number(response.headers['retry-after']);
      const body = await response.body.text().catch(() => '');
      if (response.status === 401 && !refreshed && this.options.credentials.refresh()) {
        refreshed = true;
        continue;
      }
      if ((response.status === 429 || response.status === 503) && Number.isFinite(retryAfter) && attempt < maxRetries) {
        await this.options.sleep(Math.min(retryAfter * 1000, maxRetryAfter), call.signal);
        continue;
      }
      throw errorOfStatus(response.status, body, target);
    }
  }

  async json(call: HttpRequest): Promise<unknown> {
    const { body } = await this.send(call);
    try {
      return await body.json();
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw errorOfFailure(error, { ...call.target, cluster: this.options.config.name, server: this.origin });
    }
  }

  /**
   * A link on the same server is fetched over the same connection (its authority is not one that the system knows), any
   * other over a plain one. No header of ours goes with either.
   */
  async forDownloads(url: string): Promise<Dispatcher> {
    return new URL(url).origin === this.origin ? this.connection() : getGlobalDispatcher();
  }

  async close(): Promise<void> {
    if (!this.options.dispatcher) await (await this.dispatcher?.catch(() => undefined))?.destroy();
  }

  private async once(call: HttpRequest, target: RequestTarget): Promise<HttpResponse> {
    const { timeout, credentials, config, trace } = this.options;
    const limit = call.stream || timeout === 0 ? undefined : AbortSignal.timeout(timeout);
    const signals = [call.signal, limit].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    call.signal?.throwIfAborted();
    const began = performance.now();
    try {
      const headers: string[] = ['accept', call.accept ?? 'application/json', 'user-agent', 'kubectl-dr'];
      const authorization = await credentials.authorization(call.signal);
      if (authorization !== undefined) headers.push('authorization', authorization);
      if (call.body !== undefined) headers.push('content-type', call.contentType ?? 'application/json');
      const { user, groups, uid } = config.user.impersonate ?? {};
      if (user !== undefined) headers.push('impersonate-user', user);
      // One header line per group: joined into one, the server would take them for one group with commas in its name.
      for (const group of groups ?? []) headers.push('impersonate-group', group);
      if (uid !== undefined) headers.push('impersonate-uid', uid);
      const response = await request(`${this.origin}${this.prefix}${call.path}`, {
        method: call.method,
        dispatcher: await this.connection(),
        headers,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(signal ? { signal } : {}),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const date = response.headers.date;
      if (typeof date === 'string') this.onDate?.(date);
      trace?.({
        method: call.method,
        url: `${this.origin}${this.prefix}${call.path}`,
        status: response.statusCode,
        milliseconds: performance.now() - began,
      });
      return { status: response.statusCode, headers: response.headers, body: response.body };
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      if (limit?.aborted) throw errorOfFailure(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }), target);
      throw errorOfFailure(error, target);
    }
  }

  private connection(): Promise<Dispatcher> {
    if (this.options.dispatcher) return Promise.resolve(this.options.dispatcher);
    this.dispatcher ??= this.connect();
    this.dispatcher.catch(() => (this.dispatcher = undefined));
    return this.dispatcher;
  }

  private async connect(): Promise<Dispatcher> {
    const { cluster } = this.options.config;
    const tls = await this.options.credentials.tls();
    // Keep-alive longer than anything a command does between two requests; a watch never ends by silence of the body.
    const common = { keepAliveTimeout: 60_000, bodyTimeout: 0, headersTimeout: 0 };
    if (cluster.proxyUrl) return new ProxyAgent({ uri: cluster.proxyUrl, requestTls: tls, ...common });
    const env = process.env;
    if (env.HTTPS_PROXY ?? env.https_proxy ?? env.HTTP_PROXY ?? env.http_proxy)
      return new EnvHttpProxyAgent({ connect: tls, requestTls: tls, ...common });
    return new Agent({ connect: { timeout: 10_000, ...tls }, ...common });
  }
}
