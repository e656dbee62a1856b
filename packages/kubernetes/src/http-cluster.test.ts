import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { HttpCluster } from './http-cluster.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that answers what the test says: for what is about the wire, not about Kubernetes. */
async function serve(answer: Answer) {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    requests.push(request);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(request, response, body));
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, sockets, close: () => (server.closeAllConnections(), server.close()) };
}

function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

const status = (code: number, reason: string, message: string) => ({ kind: 'Status', status: 'Failure', code, reason, message });

describe('HttpCluster', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  async function cluster(answer: Answer, options: { requestTimeout?: number; impersonate?: { user: string; groups: string[] } } = {}) {
    const server = await serve(answer);
    const client = new HttpCluster({
      config: {
        name: 'east',
        cluster: { name: 'east', server: `${server.url}/base` },
        user: { name: 'u', token: 'secret', ...(options.impersonate ? { impersonate: options.impersonate } : {}) },
      },
      ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
    });
    closing.push(() => void client.close(), server.close);
    return { client, server };
  }

  it.each([
    [404, JSON.stringify({ error: { name: 'NotFoundError', message: "Cluster 'east' not found" }, response: { statusCode: 404 } })],
    [403, JSON.stringify({ error: { name: 'NotAllowedError', message: 'Unauthorized' } })],
    [404, '<html><body>nothing here</body></html>'],
  ])('a proxy that answers %i itself is no API server that serves, or allows, a type no more', async (code, text) => {
    const { client } = await cluster((_, response) => void response.writeHead(code).end(text));
    for (const asked of [() => client.identity(), () => client.list(types.pods)])
      await expect(asked()).rejects.toMatchObject({
        code: 'CLUSTER_UNREACHABLE',
        message: expect.stringMatching(
          /^east cannot be reached through http:\S+: (Cluster 'east' not found|Unauthorized|it answered 404 with a page)$/,
        ),
      });
  });

  it('pages, restarts an expired list once, and keeps its connections', async () => {
    let expired = false;
    const { client, server } = await cluster((request, response) => {
      const { searchParams } = new URL(request.url!, 'http://x');
      if (searchParams.get('continue') === null)
        return json(response, 200, { metadata: { resourceVersion: '7', continue: 'more' }, items: [{ metadata: { name: 'a' } }] });
      if (!expired) {
        expired = true;
        return json(response, 410, status(410, 'Expired', 'too old'));
      }
      json(response, 200, { metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'b' } }] });
    });
    const list = await client.list(types.pods, { namespace: 'shop', labelSelector: 'app=web' });
    expect(list.items.map((item) => `${item.kind} ${item.metadata.name}`)).toEqual(['Pod a', 'Pod b']);
    expect(list.resourceVersion).toBe('7');
    expect(server.requests).toHaveLength(4);
    expect(server.requests[0]!.url).toBe('/base/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=500');
    expect(server.sockets.size).toBeLessThan(server.requests.length);
  });

  it('leaves out of lists and watches who manages which field, and passes on what is no object', async () => {
    const metadata = { name: 'a', labels: { app: 'web' }, managedFields: [{ manager: 'helm', fieldsV1: {} }], newer: 1 };
    const { client } = await cluster((request, response) =>
      request.url?.includes('watch=true')
        ? response.end(`${JSON.stringify({ type: 'ADDED', object: { kind: 'Pod', metadata } })}\n`)
        : json(response, 200, { metadata: {}, items: [{ kind: 'Pod', metadata }, { kind: 'Pod' }] }),
    );
    const { items } = await client.list(types.pods);
    expect(JSON.parse(JSON.stringify(items))).toEqual([
      { kind: 'Pod', metadata: { name: 'a', labels: { app: 'web' }, newer: 1 } },
      { kind: 'Pod' },
    ]);
    for await (const event of client.watch(types.pods, { resourceVersion: '1' }))
      expect(JSON.parse(JSON.stringify(event))).toEqual({ type: 'ADDED', object: JSON.parse(JSON.stringify(items[0])) });
    expect.assertions(2);
  });

  it('sends one header line per impersonated group', async () => {
    const { client, server } = await cluster((_, response) => json(response, 200, { metadata: { name: 'a' } }), {
      impersonate: { user: 'alice', groups: ['a,b', 'c'] },
    });
    await client.get({ type: types.pods, namespace: 'x', name: 'a' });
    const raw = server.requests[0]!.rawHeaders;
    const groups = raw.filter((_, index) => index % 2 === 1 && raw[index - 1]!.toLowerCase() === 'impersonate-group');
    expect(groups).toEqual(['a,b', 'c']);
    expect(server.requests[0]!.headers).toMatchObject({ authorization: 'Bearer secret', 'impersonate-user': 'alice' });
  });

  it.each([
    [401, 'Unauthorized', 'Unauthorized', 'UNAUTHENTICATED', 'east does not know you'],
    [
      403,
      'Forbidden',
      'pods is forbidden: User "u" cannot get resource "pods" in API group "" in the namespace "x"',
      'FORBIDDEN',
      'u may not get pods in the namespace x on east',
    ],
    [404, 'NotFound', 'pods "a" not found', 'NOT_FOUND', 'pods "a" in x not found on east'],
    [409, 'AlreadyExists', 'exists', 'ALREADY_EXISTS', 'exists'],
    [409, 'Conflict', 'changed', 'CONFLICT', 'changed'],
    [422, 'Invalid', 'spec.x: Required value', 'BAD_INPUT', 'spec.x: Required value'],
    [429, 'TooManyRequests', 'slow down', 'TOO_MANY_REQUESTS', 'asked to come back later'],
    [500, 'InternalError', 'boom', 'CLUSTER_ERROR', 'boom (500)'],
  ])('tells %i %s as one sentence', async (code, reason, message, expected, text) => {
    const { client } = await cluster((_, response) => json(response, code, status(code, reason, message)));
    await expect(client.get({ type: types.pods, namespace: 'x', name: 'a' })).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining(text),
      hint: expect.stringMatching(/./),
    });
  });

  it('comes back after Retry-After, at most three times', async () => {
    const { client, server } = await cluster((_, response) =>
      json(response, 429, status(429, 'TooManyRequests', 'later'), { 'retry-after': '0' }),
    );
    await expect(client.get({ type: types.pods, namespace: 'x', name: 'a' })).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(server.requests).toHaveLength(4);
  });

  it('gives up on a server that hangs, with TIMEOUT', async () => {
    const { client } = await cluster(() => undefined, { requestTimeout: 50 });
    await expect(client.get({ type: types.pods, namespace: 'x', name: 'a' })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('did not answer in time'),
    });
  });

  it('ends at once when its caller leaves, with the reason of the caller', async () => {
    const { client } = await cluster(() => undefined);
    const stop = new AbortController();
    const call = client.get({ type: types.pods, namespace: 'x', name: 'a' }, { signal: stop.signal });
    stop.abort(new Error('left'));
    await expect(call).rejects.toThrow('left');
  });

  it('says that nobody is there', async () => {
    const client = new HttpCluster({
      config: { name: 'east', cluster: { name: 'east', server: 'http://127.0.0.1:1' }, user: { name: 'u' } },
    });
    await expect(client.version()).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('refused the connection'),
    });
  });

  it("reads the cluster's clock from its answers", async () => {
    const { client } = await cluster((_, response) =>
      json(response, 200, { gitVersion: 'v1.34.4' }, { date: 'Thu, 01 Jan 2032 00:00:00 GMT' }),
    );
    expect((await client.now()).toISOString()).toMatch(/^2032-01-01T00:00:0/);
  });

  it('watches lines as they come and tells an expired version', async () => {
    const { client } = await cluster((_, response) => {
      response.writeHead(200);
      response.write('{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a"}}}\n{"type":"BOOKM');
      response.write('ARK","object":{"metadata":{"resourceVersion":"9"}}}\n');
      response.end(`{"type":"ERROR","object":${JSON.stringify(status(410, 'Expired', 'too old'))}}\n`);
    });
    const seen: string[] = [];
    const watching = async () => {
      for await (const event of client.watch(types.pods, { resourceVersion: '1' })) seen.push(event.type);
    };
    await expect(watching()).rejects.toMatchObject({ code: 'RESOURCE_EXPIRED' });
    expect(seen).toEqual(['ADDED', 'BOOKMARK']);
  });
});
