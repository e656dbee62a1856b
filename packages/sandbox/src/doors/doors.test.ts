import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import { configMap, eventsOf, TestApi } from '../api/client.testing.ts';
import { apiDispatcher } from './dispatcher.ts';
import { serveHttps } from './https.ts';
import type { HttpsDoor } from './https.ts';
import { kubeconfig } from './kubeconfig.ts';
import { mswHandler } from './msw.ts';

const maps = '/api/v1/namespaces/default/configmaps';

describe('https', () => {
  const [east, west] = [new TestApi(), new TestApi()];
  let door: HttpsDoor;
  let agent: Agent;
  beforeAll(async () => {
    door = await serveHttps({ apis: { east: east.api, west: west.api }, port: 0 });
    agent = new Agent({ connect: { ca: door.ca } });
  });
  afterAll(async () => {
    await agent.destroy();
    await door.close();
  });

  it('serves several clusters below one address, with a certificate of its own CA', async () => {
    const body = JSON.stringify(configMap('here'));
    const made = await request(`${door.url}/clusters/east${maps}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
      dispatcher: agent,
    });
    expect(made.statusCode).toBe(201);
    expect(made.headers.date).toBe('Sun, 01 Mar 2026 12:00:00 GMT');
    await made.body.dump();
    const there = await request(`${door.url}/clusters/west${maps}/here`, { dispatcher: agent });
    expect(await there.body.json()).toMatchObject({ code: 404 });
    const none = await request(`${door.url}/clusters/north/version`, { dispatcher: agent });
    expect(none.statusCode).toBe(404);
    expect(await none.body.text()).toContain('/clusters/east and /clusters/west');
    await expect(request(`${door.url}/clusters/east/version`)).rejects.toThrow(/certificate|self.signed/i);
  });

  it('sends the headers of a watch at once and its events as they happen', async () => {
    const { port } = new URL(door.url);
    const path = `/clusters/east${maps}?watch=1&resourceVersion=${east.api.store.version}`;
    const answer = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      httpsRequest({ host: '127.0.0.1', port, path, ca: door.ca, agent: false }, resolve).on('error', reject).end();
    });
    const events = eventsOf({ body: answer } as unknown as Response);
    const next = events.next();
    await east.ask('POST', maps, configMap('live'));
    expect((await next).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'live' } } });
    await events.return(undefined);
  });

  it('names the port that is taken', async () => {
    const port = Number(new URL(door.url).port);
    await expect(serveHttps({ apis: {}, port })).rejects.toMatchObject({
      name: 'InputError',
      message: `The port ${port} is already in use, so the sandbox cannot listen on it.`,
    });
  });

  it('keeps its CA in a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-ca-'));
    const open = async () => {
      const again = await serveHttps({ apis: {}, port: 0, certificateFolder: join(folder, 'pki') });
      await again.close();
      return again.ca;
    };
    expect(await open()).toBe(await open());
    await rm(folder, { recursive: true });
  });
});

describe('dispatcher', () => {
  it('answers without a port, and streams', async () => {
    const test = new TestApi();
    const dispatcher = apiDispatcher(test.api);
    const origin = 'https://nowhere.invalid';
    const made = await request(`${origin}${maps}`, {
      method: 'POST',
      body: JSON.stringify(configMap('a')),
      headers: { 'content-type': 'application/json' },
      dispatcher,
    });
    expect(made.statusCode).toBe(201);
    expect(made.headers['content-type']).toBe('application/json');
    expect(await made.body.json()).toMatchObject({ metadata: { name: 'a' } });

    const stop = new AbortController();
    const watching = await request(`${origin}${maps}`, {
      query: { watch: 1, fieldSelector: 'metadata.name=b' },
      dispatcher,
      signal: stop.signal,
    });
    const events = eventsOf({ body: watching.body } as unknown as Response);
    const next = events.next();
    await test.ask('POST', maps, configMap('b'));
    expect((await next).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } });
    const last = events.next();
    stop.abort();
    await expect(last).rejects.toThrow(/abort/i);
  });

  it('passes on what goes wrong, and gives up when aborted early', async () => {
    const broken = apiDispatcher({ fetch: () => Promise.reject(new Error('boom')) });
    await expect(request('https://x.invalid/', { dispatcher: broken })).rejects.toThrow('boom');
    let letGo = (): void => {};
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    const never = apiDispatcher({ fetch: ({ signal }) => new Promise(() => signal.addEventListener('abort', letGo)) });
    await expect(request('https://x.invalid/', { dispatcher: never, signal: AbortSignal.timeout(20) })).rejects.toThrow(/timeout|abort/i);
    await gone;
  });
});

it('writes a kubeconfig with one context per cluster', () => {
  const config = parse(
    kubeconfig({ url: 'https://127.0.0.1:1', ca: 'PEM', clusters: ['east', 'west'], users: { admin: 'secret' } }),
  ) as Record<string, unknown>;
  expect(config).toMatchObject({
    'current-context': 'east',
    clusters: [
      { name: 'east', cluster: { server: 'https://127.0.0.1:1/clusters/east', 'certificate-authority-data': 'UEVN' } },
      { name: 'west' },
    ],
    users: [{ name: 'admin', user: { token: 'secret' } }],
    contexts: [{ name: 'east', context: { cluster: 'east', user: 'admin' } }, { name: 'west' }],
  });
});

it('answers fetch through msw', async () => {
  const test = new TestApi({ faults: [{ method: 'DELETE', disconnect: true }] });
  const server = setupServer(mswHandler(test.api, 'https://kube.invalid/clusters/east', http));
  server.listen();
  try {
    const url = `https://kube.invalid/clusters/east${maps}`;
    const made = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(configMap('a')),
      headers: { 'content-type': 'application/json' },
    });
    expect(made.status).toBe(201);
    expect(await (await fetch(`${url}?fieldSelector=metadata.name=a`)).json()).toMatchObject({ items: [{ metadata: { name: 'a' } }] });
    await expect(fetch(`${url}/a`, { method: 'DELETE' })).rejects.toThrow();
  } finally {
    server.close();
  }
});
