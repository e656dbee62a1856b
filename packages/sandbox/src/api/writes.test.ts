import { configMap, deployment, TestApi } from './client.testing.ts';

const maps = '/api/v1/namespaces/shop/configmaps';
let test: TestApi;

beforeEach(async () => {
  test = new TestApi();
  await test.namespace('shop');
});
afterEach(() => test.api.close());

describe('create', () => {
  it('fills in what only the server knows', async () => {
    const { status, body, headers } = await test.ask('POST', maps, configMap('a', { data: { z: '1', a: '2' } }));
    expect(status).toBe(201);
    expect(body).toMatchObject({ metadata: { name: 'a', namespace: 'shop', creationTimestamp: '2026-03-01T12:00:00Z' } });
    expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.keys(body.data as object)).toEqual(['z', 'a']);
    expect(headers.get('date')).toBe('Sun, 01 Mar 2026 12:00:00 GMT');
  });

  it('refuses the same name twice', async () => {
    await test.ask('POST', maps, configMap('a'));
    const { status, body } = await test.ask('POST', maps, configMap('a'));
    expect(status).toBe(409);
    expect(body).toMatchObject({
      kind: 'Status',
      reason: 'AlreadyExists',
      message: 'configmaps "a" already exists',
      details: { name: 'a', kind: 'configmaps' },
    });
  });

  it('honours generateName', async () => {
    const first = await test.ask('POST', maps, { metadata: { generateName: 'log-' } });
    const second = await test.ask('POST', maps, { metadata: { generateName: 'log-' } });
    expect(first.body.metadata.name).toMatch(/^log-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(first.body.kind).toBe('ConfigMap');
    expect(second.body.metadata.name).not.toBe(first.body.metadata.name);
  });

  it('refuses a missing namespace, a wrong name, a wrong kind, a version and a long label value', async () => {
    expect((await test.ask('POST', '/api/v1/namespaces/none/configmaps', configMap('a'))).body).toMatchObject({
      code: 404,
      message: 'namespaces "none" not found',
    });
    expect((await test.ask('POST', maps, configMap('A_b'))).body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: { causes: [{ field: 'metadata.name' }] },
    });
    expect((await test.ask('POST', maps, { ...configMap('a'), kind: 'Secret' })).status).toBe(400);
    expect((await test.ask('POST', maps, { ...configMap('a'), apiVersion: 'v2' })).status).toBe(400);
    expect((await test.ask('POST', maps, configMap('a', {}, { resourceVersion: '7' }))).body.message).toBe(
      'resourceVersion should not be set on objects to be created',
    );
    expect((await test.ask('POST', `${maps}?dryRun=All`, configMap('a', {}, { resourceVersion: '0' }))).status).toBe(201);
    expect((await test.ask('POST', maps, configMap('a', {}, { labels: { x: 'y'.repeat(64) } }))).status).toBe(422);
    expect((await test.ask('POST', maps, configMap('a', {}, { namespace: 'other' }))).status).toBe(400);
  });

  it('stores nothing on a dry run', async () => {
    const before = test.api.store.version;
    expect((await test.ask('POST', `${maps}?dryRun=All`, configMap('a'))).status).toBe(201);
    expect((await test.ask('GET', `${maps}/a`)).status).toBe(404);
    expect(test.api.store.version).toBe(before);
  });

  it('takes YAML, and moves stringData of a secret into data', async () => {
    const yaml = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {pass: "ä"}\n';
    await test.raw('POST', '/api/v1/namespaces/shop/secrets', yaml, { 'content-type': 'application/yaml' });
    expect((await test.ask('GET', '/api/v1/namespaces/shop/secrets/s')).body).toMatchObject({ data: { pass: 'w6Q=' }, type: 'Opaque' });
  });
});

describe('update', () => {
  it('refuses an old version and a foreign uid, and says it as the real server does', async () => {
    const { body } = await test.ask('POST', maps, configMap('a', { data: { v: '1' } }));
    await test.ask('PUT', `${maps}/a`, { ...body, data: { v: '2' } });
    const late = await test.ask('PUT', `${maps}/a`, { ...body, data: { v: '3' } });
    expect(late.body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect((await test.ask('PUT', `${maps}/a`, configMap('a', {}, { uid: 'other' }))).body.message).toContain('Precondition failed: UID');
    expect((await test.ask('PUT', `${maps}/a`, configMap('a', { data: { v: '4' } }))).status).toBe(200);
    expect((await test.ask('PUT', `${maps}/missing`, configMap('missing'))).status).toBe(404);
  });

  it('does nothing when nothing changes, whatever the order of fields', async () => {
    const { body } = await test.ask('POST', maps, configMap('a', { data: { x: '1', y: '2' } }));
    const same = await test.ask('PUT', `${maps}/a`, configMap('a', { data: { y: '2', x: '1' } }));
    expect(same.body).toEqual(body);
  });

  it('counts generations of what is desired, not of status or metadata', async () => {
    const path = '/apis/apps/v1/namespaces/shop/deployments';
    const made = await test.ask('POST', path, deployment('web'));
    expect(made.body.metadata.generation).toBe(1);
    expect((await test.ask('PATCH', `${path}/web`, { metadata: { labels: { a: 'b' } } })).body.metadata.generation).toBe(1);
    expect((await test.ask('PATCH', `${path}/web`, { spec: { replicas: 2 } })).body.metadata.generation).toBe(2);
    const status = await test.ask('PATCH', `${path}/web/status`, { status: { readyReplicas: 2 }, spec: { replicas: 9 } });
    expect(status.body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 2 }, status: { readyReplicas: 2 } });
    const ignored = await test.ask('PATCH', `${path}/web`, { status: { readyReplicas: 7 } });
    expect(ignored.body).toEqual(status.body);
  });

  it('keeps chosen fields from changing', async () => {
    const path = '/apis/apps/v1/namespaces/shop/deployments';
    await test.ask('POST', path, deployment('web'));
    expect((await test.ask('PATCH', `${path}/web`, { spec: { selector: { matchLabels: { a: 'c' } } } })).body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'spec.template.metadata.labels' }, { field: 'spec.selector' }] },
    });
    await test.ask('POST', maps, configMap('fixed', { immutable: true, data: { a: '1' } }));
    expect((await test.ask('PATCH', `${maps}/fixed`, { data: { a: '2' } })).status).toBe(422);
  });
});

describe('patch', () => {
  it('speaks JSON merge, JSON patch and strategic merge', async () => {
    const path = '/api/v1/namespaces/shop/pods';
    await test.ask('POST', path, {
      metadata: { name: 'p' },
      spec: {
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1' },
        ],
      },
    });
    const strategic = await test.ask(
      'PATCH',
      `${path}/p`,
      { spec: { containers: [{ name: 'b', image: '2' }] } },
      { 'content-type': 'application/strategic-merge-patch+json' },
    );
    expect(strategic.body.spec).toMatchObject({
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
      ],
    });
    const operations = [
      { op: 'test', path: '/spec/containers/0/name', value: 'a' },
      { op: 'remove', path: '/spec/containers/0' },
    ];
    const json = await test.ask('PATCH', `${path}/p`, operations, { 'content-type': 'application/json-patch+json' });
    expect(json.body.spec).toMatchObject({ containers: [{ name: 'b', image: '2' }] });
    expect((json.body.spec as { containers: unknown[] }).containers).toHaveLength(1);
    expect((await test.ask('PATCH', `${path}/p`, operations, { 'content-type': 'application/json-patch+json' })).status).toBe(422);
    expect((await test.ask('PATCH', `${path}/p`, { spec: { containers: [{ name: 'c', image: '3' }] } })).body.spec).toMatchObject({
      containers: [{ name: 'c', image: '3' }],
    });
    expect((await test.ask('PATCH', `${path}/p`, {}, { 'content-type': 'application/x-other+json' })).status).toBe(415);
    expect((await test.ask('PATCH', `${path}/p`, { metadata: { resourceVersion: '1' } })).status).toBe(409);
  });

  it('applies: creates, merges, removes what the manager no longer wants, and reports conflicts', async () => {
    const apply = (manager: string, body: unknown, query = '') =>
      test.ask('PATCH', `${maps}/a?fieldManager=${manager}${query}`, body, { 'content-type': 'application/apply-patch+yaml' });
    expect((await apply('one', configMap('a', { data: { x: '1', y: '1' } }))).status).toBe(201);
    const second = await apply('two', configMap('a', { data: { z: '2' } }));
    expect(second.status).toBe(200);
    expect(second.body.data).toEqual({ x: '1', y: '1', z: '2' });
    expect((await apply('one', configMap('a', { data: { x: '1' } }))).body.data).toEqual({ x: '1', z: '2' });
    const conflict = await apply('two', configMap('a', { data: { x: '9', z: '2' } }));
    expect(conflict.body).toMatchObject({ code: 409, message: 'Apply failed with 1 conflict: conflict with "one": .data.x' });
    expect((await apply('two', configMap('a', { data: { x: '9', z: '2' } }), '&force=true')).body.data).toEqual({ x: '9', z: '2' });
    expect((await test.ask('PATCH', `${maps}/a`, configMap('a'), { 'content-type': 'application/apply-patch+yaml' })).status).toBe(400);
  });
});

describe('delete', () => {
  it('answers 404 for what is not there and honours preconditions', async () => {
    expect((await test.ask('DELETE', `${maps}/a`)).body).toMatchObject({ code: 404, message: 'configmaps "a" not found' });
    const { body } = await test.ask('POST', maps, configMap('a'));
    expect((await test.ask('DELETE', `${maps}/a`, { preconditions: { uid: 'other' } })).status).toBe(409);
    const done = await test.ask('DELETE', `${maps}/a`, { preconditions: { uid: body.metadata.uid } });
    expect(done.body).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'a', uid: body.metadata.uid } });
  });

  it('waits for finalizers and lets no new ones in', async () => {
    await test.ask('POST', maps, configMap('a', {}, { finalizers: ['x/y'] }));
    const leaving = await test.ask('DELETE', `${maps}/a`);
    expect(leaving.body.metadata).toMatchObject({ deletionTimestamp: '2026-03-01T12:00:00Z', deletionGracePeriodSeconds: 0 });
    expect((await test.ask('PATCH', `${maps}/a`, { metadata: { finalizers: ['x/y', 'x/z'] } })).body.message).toContain(
      'no new finalizers can be added',
    );
    await test.ask('PATCH', `${maps}/a`, { metadata: { finalizers: null } });
    expect((await test.ask('GET', `${maps}/a`)).status).toBe(404);
  });

  it('deletes by selector', async () => {
    for (const name of ['a', 'b', 'c'])
      await test.ask('POST', maps, configMap(name, {}, { labels: { keep: name === 'b' ? 'yes' : 'no' } }));
    await test.ask('DELETE', `${maps}?labelSelector=keep=no`);
    expect((await test.ask('GET', `${maps}?labelSelector=keep`)).body.items.map((item) => item.metadata.name)).toEqual(['b']);
  });
});

describe('services', () => {
  it('get an address of their own, keep it, and cannot take another one', async () => {
    const path = '/api/v1/namespaces/shop/services';
    const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
    const first = await test.ask('POST', path, service('a', { ports: [{ port: 80 }] }));
    expect(first.body.spec).toMatchObject({ type: 'ClusterIP', clusterIP: expect.stringMatching(/^10\.96\.\d+\.\d+$/) });
    const { clusterIP } = first.body.spec as { clusterIP: string };
    expect((await test.ask('PUT', `${path}/a`, service('a', { ports: [{ port: 81 }] }))).body.spec).toMatchObject({
      clusterIP,
      ports: [{ port: 81 }],
    });
    expect((await test.ask('POST', path, service('b', { clusterIP, ports: [{ port: 80 }] }))).body.message).toContain(
      'provided IP is already allocated',
    );
    const node = await test.ask('POST', path, service('c', { type: 'NodePort', ports: [{ port: 80 }] }));
    expect(node.body.spec).toMatchObject({ ports: [{ port: 80, nodePort: expect.any(Number) }] });
    expect((await test.ask('PUT', `${path}/c`, service('c', { type: 'NodePort', ports: [{ port: 80 }] }))).body).toEqual(node.body);
    expect((await test.ask('POST', path, service('d', { type: 'ExternalName', externalName: 'x.example' }))).body.spec).not.toHaveProperty(
      'clusterIP',
    );
    await test.ask('DELETE', `${path}/a`);
    expect((await test.ask('POST', path, service('b', { clusterIP, ports: [{ port: 80 }] }))).status).toBe(201);
  });
});
