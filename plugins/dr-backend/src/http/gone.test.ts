import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockServices } from '@backstage/backend-test-utils';
import express from 'express';
import { Censor } from '../secrecy/Censor.ts';
import type { Handlers } from './router.ts';
import { createRouter } from './router.ts';

/** What has begun of requests whose sender gives up while the host still looks who it is. */
async function begunFor(requests: readonly [method: string, path: string, body?: object][]): Promise<string[]> {
  const begun: string[] = [];
  const arrived: Promise<unknown>[] = [];
  const credentials = (request: http.IncomingMessage): Promise<object> => {
    const gone = once(request.socket, 'close').then(() => new Promise((resolve) => setImmediate(resolve)));
    arrived.push(gone);
    return gone.then(() => ({}));
  };
  const handlers = new Proxy({}, { get: (_, id) => async () => void begun.push(String(id)) });
  const router = createRouter({
    httpAuth: { credentials } as never,
    logger: mockServices.logger.mock(),
    censor: new Censor(),
    handlers: handlers as Handlers,
  });
  const server = http.createServer(express().use(router)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const [index, [method, path, body]] of requests.entries()) {
    const headers = { 'content-type': 'application/json' };
    const sent = http.request({ host: '127.0.0.1', port, method, path, headers });
    sent.on('error', () => undefined);
    sent.end(body && JSON.stringify(body));
    await vi.waitFor(() => expect(arrived).toHaveLength(index + 1));
    sent.destroy();
    await arrived[index];
  }
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => server.close(resolve));
  return begun;
}

describe('who gives up before their turn', () => {
  it('is not worked for where something was to be shown', async () => {
    expect(
      await begunFor([
        ['GET', '/v1/applications'],
        ['POST', '/v1/applications/by-refs', { entityRefs: ['component:default/web'] }],
      ]),
    ).toEqual([]);
  });

  it('has asked for what was to be done', async () => {
    expect(await begunFor([['POST', '/v1/operations/restore-shop-1/cancel']])).toEqual(['cancelOperation']);
  });
});
