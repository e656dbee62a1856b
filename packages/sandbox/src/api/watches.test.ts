import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import * as fc from 'fast-check';
import { configMap, eventsOf, take, TestApi } from './client.testing.ts';

const maps = '/api/v1/namespaces/shop/configmaps';
let test: TestApi;

beforeEach(async () => {
  test = new TestApi({ bookmarkEvery: 20 });
  await test.namespace('shop');
});
afterEach(() => test.api.close());

const summary = (event: { type: string; object: KubeObject }) => `${event.type} ${event.object.metadata.name}`;
const mine = '&labelSelector=app=x';

describe('list', () => {
  it('pages in order, consistently, with a count of what is left', async () => {
    for (const name of ['c', 'a', 'd', 'b']) await test.ask('POST', maps, configMap(name));
    const first = await test.ask('GET', `${maps}?limit=2`);
    expect(first.body.items.map((item) => item.metadata.name)).toEqual(['a', 'b']);
    expect(first.body.metadata).toMatchObject({ remainingItemCount: 3 });
    await test.ask('DELETE', `${maps}/c`);
    await test.ask('POST', maps, configMap('bb'));
    const second = await test.ask('GET', `${maps}?limit=9&continue=${encodeURIComponent(String(first.body.metadata.continue))}`);
    expect(second.body.items.map((item) => item.metadata.name)).toEqual(['c', 'd', 'kube-root-ca.crt']);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
    expect((await test.ask('GET', `${maps}?continue=nonsense`)).status).toBe(400);
  });

  it('is typed, and empty rather than null', async () => {
    const { body } = await test.ask('GET', '/api/v1/namespaces/nowhere/configmaps');
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', items: [] });
  });

  it('selects by labels and fields', async () => {
    await test.ask('POST', maps, configMap('a', {}, { labels: { tier: 'web', app: 'x' } }));
    await test.ask('POST', maps, configMap('b', {}, { labels: { tier: 'db' } }));
    const names = async (query: string) =>
      (await test.ask('GET', `${maps}?${query}`)).body.items
        .map((item) => item.metadata.name)
        .filter((name) => name !== 'kube-root-ca.crt');
    expect(await names('labelSelector=tier in (web,db),app')).toEqual(['a']);
    expect(await names('labelSelector=tier!=web')).toEqual(['b']);
    expect(await names('labelSelector=!app,tier')).toEqual(['b']);
    expect(await names('labelSelector=tier notin (db)')).toEqual(['a']);
    expect(await names('fieldSelector=metadata.name=b')).toEqual(['b']);
    expect((await test.ask('GET', `${maps}?fieldSelector=data.x=y`)).body.message).toBe(
      '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
    expect((await test.ask('GET', '/api/v1/pods?fieldSelector=spec.x=y')).body.message).toBe('field label not supported: spec.x');
    expect((await test.ask('GET', `${maps}?labelSelector=${encodeURIComponent('a==')}&labelSelector=`)).status).toBe(200);
    expect((await test.ask('GET', `${maps}?labelSelector=${encodeURIComponent('(')}`)).status).toBe(400);
  });

  it('refuses a version from the future', async () => {
    const { status, headers } = await test.ask('GET', `${maps}?resourceVersion=99999`);
    expect(status).toBe(504);
    expect(headers.get('retry-after')).toBe('1');
  });
});

describe('watch', () => {
  it('tells changes after a version, and the way in and out of a selector', async () => {
    const { body } = await test.ask('GET', maps);
    const watching = test.raw('GET', `${maps}?watch=1&resourceVersion=${body.metadata.resourceVersion}${mine}`);
    await test.ask('POST', maps, configMap('a', { data: { v: '1' } }));
    await test.ask('PATCH', `${maps}/a`, { metadata: { labels: { app: 'x' } } });
    await test.ask('PATCH', `${maps}/a`, { data: { v: '2' } });
    const out = await test.ask('PATCH', `${maps}/a`, { metadata: { labels: { app: null } } });
    await test.ask('PATCH', `${maps}/a`, { metadata: { labels: { app: 'x' } } });
    await test.ask('DELETE', `${maps}/a`);
    const events = await take(await watching, 5);
    expect(events.map(summary)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a', 'DELETED a']);
    expect(events[2]!.object).toMatchObject({ metadata: { resourceVersion: out.body.metadata.resourceVersion, labels: { app: 'x' } } });
    expect(events[4]!.object.metadata.resourceVersion).toBe(String(test.api.store.version));
  });

  it('starts with what is there when no version is given', async () => {
    await test.ask('POST', maps, configMap('a'));
    expect((await take(await test.raw('GET', `${maps}?watch=true`), 2)).map(summary)).toEqual(['ADDED a', 'ADDED kube-root-ca.crt']);
  });

  it('streams the initial state and marks its end', async () => {
    const path = `${maps}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true`;
    expect((await test.ask('GET', path)).status).toBe(422);
    const events = await take(await test.raw('GET', `${path}&resourceVersionMatch=NotOlderThan`), 3);
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'BOOKMARK', 'BOOKMARK']);
    expect(events[1]!.object).toMatchObject({ kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } });
    expect(events[2]!.object.metadata.resourceVersion).toBe(String(test.api.store.version));
  });

  it('says 410 for a version that is forgotten', async () => {
    const small = new TestApi({ historySize: 5 });
    for (let index = 0; index < 12; index++) await small.ask('POST', '/api/v1/namespaces/default/configmaps', configMap(`m${index}`));
    const [event] = await take(await small.raw('GET', '/api/v1/configmaps?watch=1&resourceVersion=1'), 1);
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    expect((await small.ask('GET', '/api/v1/configmaps?resourceVersion=1&resourceVersionMatch=Exact')).status).toBe(410);
    small.api.close();
  });

  it('ends after timeoutSeconds, when the client leaves and when the API closes', async () => {
    const ended: string[] = [];
    const follow = async (name: string, response: Promise<Response>) => {
      for await (const event of eventsOf(await response)) void event;
      ended.push(name);
    };
    const abort = new AbortController();
    const aborted = test.api.fetch(new Request(`https://test.invalid${maps}?watch=1`, { signal: abort.signal }));
    const all = [
      follow('timeout', test.raw('GET', `${maps}?watch=1&timeoutSeconds=0.05`)),
      follow('abort', aborted),
      follow('close', test.raw('GET', `${maps}?watch=1`)),
    ];
    await aborted;
    abort.abort();
    await Promise.all(all.slice(0, 2));
    expect(ended.sort()).toEqual(['abort', 'timeout']);
    test.api.close();
    await Promise.all(all);
  });
});

const step = fc.record({
  action: fc.constantFrom('create', 'patch', 'label', 'delete'),
  name: fc.constantFrom('a', 'b', 'c'),
  value: fc.constantFrom('1', '2'),
});

it('replaying the events of a watch gives what a list gives, from any moment on and under a selector', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.nat(24),
      fc.constantFrom('', mine),
      fc.boolean(),
      async (steps, from, selector, live) => {
        const world = new TestApi();
        await world.namespace('shop');
        const state = new Map<string, KubeObject>();
        let start = '';
        let watching: Response | undefined;
        const watch = async () => world.raw('GET', `${maps}?watch=1&resourceVersion=${start}${selector}`);
        const begin = async () => {
          const { body } = await world.ask('GET', `${maps}?${selector.slice(1)}`);
          for (const item of body.items) state.set(item.metadata.name, { ...item, apiVersion: 'v1', kind: 'ConfigMap' });
          start = body.metadata.resourceVersion ?? '';
          if (live) watching = await watch();
        };
        for (const [index, { action, name, value }] of steps.entries()) {
          if (index === from) await begin();
          if (action === 'create') await world.ask('POST', maps, configMap(name, { data: { value } }));
          if (action === 'patch') await world.ask('PATCH', `${maps}/${name}`, { data: { value } });
          if (action === 'label')
            await world.ask('PATCH', `${maps}/${name}`, { metadata: { labels: { app: value === '1' ? 'x' : null } } });
          if (action === 'delete') await world.ask('DELETE', `${maps}/${name}`);
        }
        if (start === '') await begin();
        watching ??= await watch();
        world.api.close();
        let last = Number(start);
        for await (const { type, object } of eventsOf(watching)) {
          expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(last);
          last = Number(object.metadata.resourceVersion);
          expect(state.has(object.metadata.name)).toBe(type !== 'ADDED');
          if (type === 'DELETED') state.delete(object.metadata.name);
          else state.set(object.metadata.name, object);
        }
        const { body } = await world.ask('GET', `${maps}?${selector.slice(1)}`);
        const listed = body.items.map((item) => ({ ...item, apiVersion: 'v1', kind: 'ConfigMap' }));
        expect([...state.values()].sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))).toEqual(listed);
      },
    ),
    { numRuns: 150 },
  );
});
