import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Api } from '../api/server.ts';
import { listener } from './http.ts';

/** An undici Dispatcher whose connections lead into this process: no port, no TLS, everything else as on a network. */
export function apiDispatcher(api: Pick<Api, 'fetch'>): Dispatcher {
  const server = createServer(listener((request) => api.fetch(request)));
  return new Agent({
    connect(_, callback) {
      const [near, far] = duplexPair();
      server.emit('connection', far);
      // A connection is never there before it was asked for.
      queueMicrotask(() => callback(null, near as Socket));
    },
  });
}
