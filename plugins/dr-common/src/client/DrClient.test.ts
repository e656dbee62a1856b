import { DrClient } from './DrClient.ts';

interface Sent {
  url: string;
  init: RequestInit;
}

function clientAnswering(...answers: { status?: number; body: unknown }[]): { client: DrClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const client = new DrClient({
    discoveryApi: { getBaseUrl: async (plugin) => `http://portal/api/${plugin}` },
    fetchApi: {
      fetch: async (url, init = {}) => {
        sent.push({ url, init });
        const { status = 200, body } = answers.shift()!;
        return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
      },
    },
  });
  return { client, sent };
}

describe('DrClient', () => {
  it('addresses an entity by its reference, and an application without a catalog by its name', async () => {
    const { client, sent } = clientAnswering({ body: {} }, { body: {} }, { body: { items: [] } });
    await client.application('component:prod/orders');
    await client.application('shop');
    await client.points('system:odd name/with?');
    expect(sent.map(({ url }) => url)).toEqual([
      'http://portal/api/dr/v1/applications/component/prod/orders',
      'http://portal/api/dr/v1/applications/application/default/shop',
      'http://portal/api/dr/v1/applications/system/odd%20name/with%3F/points',
    ]);
  });

  it('reads all pages, keeping the filter', async () => {
    const page = (names: string[], nextCursor?: string) => ({
      body: { metadata: { total: 3, ...(nextCursor ? { nextCursor } : {}) }, items: names.map((name) => ({ metadata: { name } })) },
    });
    const { client, sent } = clientAnswering(page(['a', 'b'], 'next'), page(['c']));
    const all = await client.allApplications({ verdict: ['Breached', 'AtRisk'] });
    expect(all.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(new URL(sent[1]!.url).search).toBe('?verdict=Breached&verdict=AtRisk&limit=1000&cursor=next');
  });

  it('gives each entity its application, sent once', async () => {
    const { client, sent } = clientAnswering({
      body: {
        items: [
          { kind: 'ready', entityRef: 'component:default/a', application: 'shop', component: 'a' },
          { kind: 'ready', entityRef: 'system:default/shop', application: 'shop' },
          { kind: 'unknown', entityRef: 'component:default/z' },
        ],
        applications: [{ metadata: { name: 'shop' } }],
      },
    });
    const found = await client.byRefs(['component:default/a', 'system:default/shop', 'component:default/z']);
    expect(found.get('component:default/a')).toEqual({ kind: 'ready', application: { metadata: { name: 'shop' } }, component: 'a' });
    expect(found.get('system:default/shop')).toEqual({ kind: 'ready', application: { metadata: { name: 'shop' } } });
    expect(found.get('component:default/z')?.kind).toBe('unknown');
    expect(JSON.parse(String(sent[0]!.init.body))).toEqual({
      entityRefs: ['component:default/a', 'system:default/shop', 'component:default/z'],
    });
  });

  it('sends the key with which a press of a button starts one operation', async () => {
    const { client, sent } = clientAnswering({ status: 202, body: { metadata: { name: 'op' } } });
    await client.startOperation({ plan: { id: 'p', hash: 'h' } }, 'key-1', { token: 't' });
    expect(sent[0]!.init).toMatchObject({
      method: 'POST',
      headers: { 'Idempotency-Key': 'key-1', 'Content-Type': 'application/json', Authorization: 'Bearer t' },
    });
  });

  it("throws the backend's error with its code and hint", async () => {
    const { client } = clientAnswering({
      status: 403,
      body: { error: { name: 'NotAllowedError', code: 'UNCLAIMED_PLACEMENT', message: 'no', hint: 'label it' }, response: {} },
    });
    await expect(client.operation('x')).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'UNCLAIMED_PLACEMENT',
      message: 'no',
      hint: 'label it',
      details: { status: 403 },
    });
  });

  it('names the status when something else answered', async () => {
    const { client } = clientAnswering({ status: 502, body: '<html>Bad gateway</html>' });
    await expect(client.health()).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('502'),
    });
  });
});
