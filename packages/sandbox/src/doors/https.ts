import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '@kubectl-dr/core/errors';
import type { Api } from '../api/server.ts';
import { certificates } from './certificates.ts';

export interface HttpsOptions {
  /** Cluster name -> its API, served below `/clusters/<name>`. */
  apis: Record<string, Api>;
  /** 0: any free port. */
  port: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Folder in which the CA and the serving key are kept over restarts. Default: new ones each time. */
  certificateFolder?: string;
}

export interface HttpsDoor {
  /** Without a path: `https://127.0.0.1:6443`. */
  url: string;
  /** The CA as PEM, for kubeconfigs. */
  ca: string;
  close(): Promise<void>;
}

/** One HTTPS listener for all clusters: what kubectl, velero and any other client can be pointed at. */
export async function serveHttps({ apis, port, host = '127.0.0.1', certificateFolder }: HttpsOptions): Promise<HttpsDoor> {
  const { ca, certificate, key } = await certificates(certificateFolder);
  // Watches are as long as they like, and idle connections outlive those of Go clients.
  const server = createServer({ key, cert: certificate, requestTimeout: 0, keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
    answer(apis, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? portTaken(port, error) : error));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    url: `https://${shownHost}:${address.port}`,
    ca,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function portTaken(port: number, cause: Error): InputError {
  return new InputError(`The port ${port} is already in use, so the sandbox cannot listen on it.`, {
    hint: 'Stop what listens there (a sandbox that still runs?) or choose another port with --port.',
    cause,
  });
}

async function answer(apis: Record<string, Api>, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.sendDate = false;
  const [, name, rest] = /^\/clusters\/([^/?]+)(.*)$/s.exec(incoming.url ?? '') ?? [];
  const api = name === undefined || !Object.hasOwn(apis, name) ? undefined : apis[name];
  if (api === undefined) {
    const known = Object.keys(apis).map((cluster) => `/clusters/${cluster}`);
    outgoing.writeHead(404, { 'content-type': 'text/plain' }).end(`Nothing here. The clusters are at ${known.join(' and ')}.\n`);
    return;
  }
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort(new Error('the client went away')));
  const path = rest === undefined || rest === '' ? '/' : rest.startsWith('/') ? rest : `/${rest}`;
  const response = await api.fetch(await toRequest(incoming, `https://${incoming.headers.host ?? 'localhost'}${path}`, gone.signal));
  outgoing.writeHead(response.status, [...response.headers].flat());
  // A watch may have nothing to say for long: its client waits for the headers.
  outgoing.flushHeaders();
  if (response.body === null) return void outgoing.end();
  await pipe(response.body, outgoing);
}

async function toRequest(incoming: IncomingMessage, url: string, signal: AbortSignal): Promise<Request> {
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  }
  const method = incoming.method ?? 'GET';
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = chunks.length === 0 || method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks);
  return new Request(url, { method, headers, body, signal });
}

async function pipe(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  outgoing.once('close', () => void reader.cancel().catch(() => undefined));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!outgoing.write(value)) await new Promise<void>((resolve) => outgoing.once('drain', resolve).once('close', resolve));
  }
  outgoing.end();
}
