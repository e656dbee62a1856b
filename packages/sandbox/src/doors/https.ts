import { createSecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { InputError } from '@kubectl-dr/core/errors';
import type { Api } from '../api/server.ts';
import { certificates } from './certificates.ts';
import { upgrader } from '../simulators/workloads/exec-channel.ts';
import { below, listener } from './http.ts';

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

/**
 * One HTTPS listener for all clusters: what kubectl, velero and any other client can be pointed at. HTTP/2 for who speaks it, as
 * an API server does.
 */
export async function serveHttps({ apis, port, host = '127.0.0.1', certificateFolder }: HttpsOptions): Promise<HttpsDoor> {
  const { ca, certificate, key } = await certificates(certificateFolder);
  // Watches are as long as they like, and idle connections outlive those of Go clients.
  const options = { key, cert: certificate, allowHTTP1: true, requestTimeout: 0, keepAliveTimeout: 75_000 };
  const answer = (request: Request): Promise<Response> => route(apis, request);
  const sockets = new Set<Socket>();
  const server = createSecureServer(options, listener(answer))
    .on('upgrade', upgrader(answer))
    .on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? portTaken(port, error) : error));
    server.listen(port, host, resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `https://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    ca,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
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

async function route(apis: Record<string, Api>, request: Request): Promise<Response> {
  const [prefix = '', name = ''] = /^\/clusters\/([^/]+)/.exec(new URL(request.url).pathname) ?? [];
  if (Object.hasOwn(apis, name)) return apis[name]!.fetch(below(request, prefix));
  const known = Object.keys(apis).map((cluster) => `/clusters/${cluster}`);
  return new Response(`Nothing here. The clusters are at ${known.join(' and ')}.\n`, {
    status: 404,
    headers: { 'content-type': 'text/plain' },
  });
}
