import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { certificates } from '@kubectl-dr/sandbox/doors/certificates';

const list = (index: number): object => ({
  kind: 'ConfigMapList',
  apiVersion: 'v1',
  metadata: { resourceVersion: String(index) },
  items: [{ metadata: { name: 'a'.repeat((index * 37) % 700), namespace: 'shop' } }],
});

it('lists come whole over one connection of HTTP/2, however many are asked for at once by a busy process', async () => {
  const { ca, certificate, key } = await certificates();
  let sessions = 0;
  let asked = 0;
  const server = createSecureServer({ key, cert: certificate }).on('session', () => (sessions += 1));
  server.on('stream', (stream) => {
    asked += 1;
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    stream.end(JSON.stringify(list(asked)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cluster = new HttpCluster({
    config: {
      name: 'east',
      cluster: { name: 'east', server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, caData: btoa(ca) },
      user: { name: 'admin', token: 'admin' },
    },
  });
  try {
    const worker = async (): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        const lists = await Promise.all(Array.from({ length: 10 }, () => cluster.list(types.configMaps)));
        expect(lists.every(({ items }) => items.length === 1)).toBe(true);
        for (const end = performance.now() + round / 2; performance.now() < end;);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect({ sessions, asked }).toEqual({ sessions: 1, asked: 1600 });
  } finally {
    await cluster.close();
    await new Promise((resolve) => server.close(resolve));
  }
});

it.each([
  [['h2', 'http/1.1'], 'h2'],
  [['http/1.1'], 'http/1.1'],
  [[], false],
])('the door of the sandbox speaks to clients of %j as an API server does: %s', async (ALPNProtocols, spoken) => {
  const { serveHttps } = await import('@kubectl-dr/sandbox/doors/https');
  const door = await serveHttps({ apis: {}, port: 0 });
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(door.url).port), ca: door.ca, ALPNProtocols });
  try {
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe(spoken);
  } finally {
    // The client still holds its end: a door that waited for it would never close.
    await door.close();
    socket.destroy();
  }
});
