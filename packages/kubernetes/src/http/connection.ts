import type { Agent, IncomingHttpHeaders } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { TlsOptions } from '../auth/credentials.ts';
import { settled } from './settled.ts';

export interface Exchange {
  method: string;
  /** Path and query, from the root of the server. */
  path: string;
  headers: Record<string, string | string[]>;
  body?: string;
  signal?: AbortSignal;
  /** An answer that may never end: it does not keep others waiting. */
  stream?: boolean;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

/** One server. Failures are Node's errors with their `code`, an abort is an AbortError. */
export interface Connection {
  exchange(call: Exchange): Promise<Answer>;
  /** Ends what is under way. The connection can be used again afterwards. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** Read once, when the connection is opened. */
  tls?: () => Promise<TlsOptions>;
  /** Address of the proxy through which the server is reached; default: what the environment says. */
  proxy?: string | undefined;
  env?: Record<string, string | undefined>;
  /** Milliseconds until the server must have taken the connection; default 10 s. */
  timeout?: number;
}

/** What was opened, until it is closed from either side. */
interface Opened {
  exchange(call: Exchange): Promise<Answer>;
  usable(): boolean;
  close(): void;
}

/**
 * One connection to a server: HTTP/2 where it speaks it, so that everything that is asked at once travels at once. A server
 * of HTTP/1.1 is asked one thing after the other, with a connection of its own for each answer that may never end.
 */
export function connectTo(origin: string, options: ConnectionOptions = {}): Connection {
  const url = new URL(origin);
  let opening: Promise<Opened> | undefined;
  let leaving = new AbortController();
  const opened = async (): Promise<Opened> => {
    if (opening && !(await opening).usable()) opening = undefined;
    opening ??= open(url, options, leaving.signal);
    opening.catch(() => (opening = undefined));
    return opening;
  };
  return {
    async exchange(call) {
      call.signal?.throwIfAborted();
      return (await unlessAborted(opened(), call.signal)).exchange(call);
    },
    async close() {
      const closing = opening;
      opening = undefined;
      // A server that does not take the connection is not waited for.
      leaving.abort(closedEarly());
      leaving = new AbortController();
      (await closing?.catch(() => undefined))?.close();
    },
  };
}

async function open(url: URL, options: ConnectionOptions, leaving: AbortSignal): Promise<Opened> {
  const connect = (): Promise<{ socket: Socket; http2: boolean }> => dial(url, options, leaving);
  const first = await connect();
  return first.http2 ? multiplexed(url, first.socket) : oneAfterTheOther(url, first.socket, async () => (await connect()).socket);
}

async function dial(
  url: URL,
  { tls, timeout = 10_000, ...options }: ConnectionOptions,
  leaving: AbortSignal,
): Promise<{ socket: Socket; http2: boolean }> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (secure ? 443 : 80);
  const { connect, isIP } = await import('node:net');
  const tunnel = await unlessAborted(tunnelTo(url, host, port, timeout, options), leaving);
  if (!secure) return { socket: tunnel ?? (await settled(connect({ host, port }), 'connect', timeout, leaving)), http2: false };
  const { servername = isIP(host) ? undefined : host, ...rest } = (await tls?.()) ?? {};
  const { connect: connectTls } = await import('node:tls');
  const socket = connectTls({
    ...rest,
    ...(servername === undefined ? {} : { servername }),
    ...(tunnel ? { socket: tunnel } : {}),
    host,
    port,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  // What API servers speak is loaded while this one answers our greeting: it takes us longer than that.
  socket.once('connect', () => void import('node:http2'));
  await settled(socket, 'secureConnect', timeout, leaving);
  return { socket, http2: socket.alpnProtocol === 'h2' };
}

async function tunnelTo(
  url: URL,
  host: string,
  port: number,
  timeout: number,
  { proxy, env = process.env }: ConnectionOptions,
): Promise<Socket | undefined> {
  if (proxy === undefined && !namesProxy(env)) return undefined;
  const { proxyFromEnvironment, proxyOf, throughProxy } = await import('./proxy.ts');
  const through = proxy === undefined ? proxyFromEnvironment(url, env) : proxyOf(proxy, 'proxy-url');
  return through && throughProxy(through, host, port, timeout);
}

/** Whether the environment may want a proxy; for which server, `proxy.ts` says. */
export function namesProxy(env: Record<string, string | undefined>): boolean {
  return Object.keys(env).some((name) => /^https?_proxy$/i.test(name));
}

/** What a connection may send ahead of our reading it: the default of 64 kB makes a long list as slow as the way is long. */
const window = 4 * 1024 * 1024;

async function multiplexed(url: URL, socket: Socket): Promise<Opened> {
  const { connect } = await import('node:http2');
  const session: ClientHttp2Session = connect(url.origin, { createConnection: () => socket, settings: { initialWindowSize: window } });
  session.once('connect', () => session.setLocalWindowSize(window));
  // Told to every exchange that it interrupts.
  session.on('error', () => undefined);
  return {
    exchange({ method, path, headers, body, signal }) {
      return new Promise((resolve, reject) => {
        const stream = session.request(
          { ':method': method, ':path': path, ...headers },
          { endStream: body === undefined, ...(signal ? { signal } : {}) },
        );
        stream.once('response', ({ ':status': status, ...answered }) =>
          resolve({ status: status!, headers: answered as IncomingHttpHeaders, body: stream }),
        );
        stream.once('error', reject);
        stream.once('close', () => reject(closedEarly()));
        if (body !== undefined) stream.end(body);
      });
    },
    usable: () => !session.closed && !session.destroyed,
    close: () => session.destroy(),
  };
}

async function oneAfterTheOther(url: URL, first: Socket, connect: () => Promise<Socket>): Promise<Opened> {
  const { Agent, request } = await import('node:http');
  let ready: Socket | undefined = first;
  let closed = false;
  first.once('close', () => (ready = undefined));
  const createConnection: Agent['createConnection'] = (_, done) => {
    const socket = ready;
    ready = undefined;
    if (socket) return socket;
    connect().then(
      (fresh) => {
        if (!closed) return done?.(null, fresh);
        // An agent that was ended keeps for ever what it is given afterwards.
        fresh.destroy();
        done?.(closedEarly(), fresh);
      },
      (error: Error) => done?.(error, undefined as never),
    );
    return undefined;
  };
  const agents = [
    Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), { createConnection }),
    Object.assign(new Agent(), { createConnection }),
  ] as const;
  const once = ({ method, path, headers, body, signal, stream = false }: Exchange): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(
        { agent: agents[stream ? 1 : 0], host: url.hostname, port: url.port, method, path, headers, ...(signal ? { signal } : {}) },
        (response) => resolve({ status: response.statusCode!, headers: response.headers, body: response }),
      );
      sent.once('error', (error) => reject(Object.assign(error, { reused: sent.reusedSocket })));
      sent.end(body);
    });
  return {
    // A server may close a connection that was idle at the moment in which it is used again: it has read nothing of this.
    exchange: (call) =>
      once(call).catch((error: Error & { code?: string; reused?: boolean }) => {
        if (error.reused && error.code === 'ECONNRESET' && call.method === 'GET' && !call.signal?.aborted) return once(call);
        throw error;
      }),
    usable: () => true,
    close: () => {
      closed = true;
      for (const agent of agents) agent.destroy();
      ready?.destroy();
    },
  };
}

function closedEarly(): Error {
  return Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' });
}

/** The promise, unless somebody leaves before: what is opened stays for the others. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
