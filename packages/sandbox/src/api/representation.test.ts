import { Disconnected } from '../simulators/faults/faults.ts';
import { configMap, deployment, TestApi } from './client.testing.ts';
import { jsonPath } from './jsonpath.ts';

type Schemas = Record<string, { properties: Record<string, unknown> }>;

const maps = '/api/v1/namespaces/shop/configmaps';
let test: TestApi;

beforeEach(async () => {
  test = new TestApi();
  await test.namespace('shop');
});
afterEach(() => test.api.close());

it('reads the JSONPath of printer columns', () => {
  const value = {
    a: { 'b.c': [1, 2] },
    list: [
      { type: 'x', v: 'one' },
      { type: 'y', v: 'two' },
    ],
  };
  expect(jsonPath(value, '.a.b\\.c[1]')).toEqual([2]);
  expect(jsonPath(value, ".a['b.c'][-1]")).toEqual([2]);
  expect(jsonPath(value, '.list[?(@.type=="y")].v')).toEqual(['two']);
  expect(jsonPath(value, '{.list[*].v}')).toEqual(['one', 'two']);
  expect(jsonPath(value, '.none.at.all')).toEqual([]);
});

describe('negotiation', () => {
  it('shows tables, metadata only, or YAML', async () => {
    await test.ask('POST', maps, configMap('a', { data: { x: '1' } }));
    test.clock.advance(90_000);
    const kubectl = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
    const table = await test.ask('GET', `${maps}?includeObject=Object`, undefined, { accept: kubectl });
    expect(table.body).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: String(test.api.store.version) },
      rows: [{ cells: ['a', 1, '90s'], object: { kind: 'ConfigMap', data: { x: '1' } } }, { cells: ['kube-root-ca.crt', 1, '90s'] }],
    });
    const partial = await test.ask('GET', `${maps}/a`, undefined, {
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    });
    expect(Object.keys(partial.body)).toEqual(['kind', 'apiVersion', 'metadata']);
    const yaml = await test.raw('GET', `${maps}/a`, undefined, { accept: 'application/yaml' });
    expect(await yaml.text()).toContain('kind: ConfigMap\n');
    expect((await test.ask('GET', `${maps}/a`, undefined, { accept: 'application/vnd.kubernetes.protobuf' })).status).toBe(406);
    expect((await test.ask('GET', maps)).body.items[0]).not.toHaveProperty('kind');
  });

  it('answers what it does not have with a Status that says so', async () => {
    expect(await (await test.raw('GET', '/apis/none.io/v1/things')).text()).toBe('404 page not found\n');
    expect((await test.ask('GET', '/api/v1/things')).body).toMatchObject({
      kind: 'Status',
      code: 404,
      message: 'the server could not find the requested resource',
    });
    expect((await test.ask('GET', '/api/v1/namespaces/shop/pods/p/log')).body).toMatchObject({
      code: 501,
      message: 'the sandbox does not support pods/log',
    });
    expect((await test.ask('PUT', maps, configMap('a'))).status).toBe(405);
    expect((await test.ask('POST', maps, 'not json')).status).toBe(400);
    expect((await test.ask('POST', maps, '{}', { 'content-type': 'application/x-thing' })).status).toBe(415);
    expect((await test.ask('POST', maps, configMap('a', { data: { x: 'y'.repeat(4_000_000) } }))).status).toBe(413);
  });
});

describe('discovery', () => {
  it('speaks the aggregated form and the older lists', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const { body, headers } = await test.ask('GET', '/apis', undefined, { accept });
    expect(headers.get('content-type')).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    const apps = body.items.find((item) => item.metadata.name === 'apps');
    expect(apps).toMatchObject({
      versions: [
        {
          version: 'v1',
          resources: expect.arrayContaining([
            expect.objectContaining({
              resource: 'deployments',
              scope: 'Namespaced',
              categories: ['all'],
              subresources: [
                { subresource: 'status' },
                { subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } },
              ].map((part) => expect.objectContaining(part)),
            }),
          ]),
        },
      ],
    });
    expect((await test.ask('GET', '/api/v1')).body).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: expect.arrayContaining([expect.objectContaining({ name: 'serviceaccounts/token', kind: 'TokenRequest' })]),
    });
    expect((await test.ask('GET', '/api')).body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    expect((await test.ask('GET', '/version')).body).toMatchObject({ gitVersion: 'v1.34.4', minor: '34' });
  });

  it('describes every group version for kubectl', async () => {
    const index = (await test.ask('GET', '/openapi/v3')).body as unknown as { paths: Record<string, { serverRelativeURL: string }> };
    for (const { serverRelativeURL } of Object.values(index.paths)) {
      const { status, body } = await test.ask('GET', serverRelativeURL);
      expect(status).toBe(200);
      expect(body).toMatchObject({ openapi: '3.0.0' });
    }
    const core = JSON.stringify((await test.ask('GET', '/openapi/v3/api/v1')).body);
    expect(core).toContain('"fieldValidation"');
    expect(core).not.toContain('strategic-merge-patch');
    const { schemas } = ((await test.ask('GET', '/openapi/v3/apis/apps/v1')).body as unknown as { components: { schemas: Schemas } })
      .components;
    expect(schemas['apps.v1.Deployment']!.properties.spec).toEqual({ $ref: '#/components/schemas/io.k8s.DeploymentSpec' });
    expect(schemas['io.k8s.DeploymentSpec']!.properties).toMatchObject({
      replicas: { type: 'integer' },
      template: { $ref: '#/components/schemas/io.k8s.PodTemplateSpec' },
    });
    expect(schemas['io.k8s.ContainerPort']!.properties.protocol).toEqual({ type: 'string', enum: ['SCTP', 'TCP', 'UDP'] });
  });
});

describe('subresources', () => {
  it('scales', async () => {
    const path = '/apis/apps/v1/namespaces/shop/deployments';
    await test.ask('POST', path, deployment('web'));
    await test.ask('PATCH', `${path}/web/status`, { status: { replicas: 1 } });
    expect((await test.ask('GET', `${path}/web/scale`)).body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 1 },
      status: { replicas: 1, selector: 'a=b' },
    });
    expect((await test.ask('PATCH', `${path}/web/scale`, { spec: { replicas: 5 } })).body.spec).toEqual({ replicas: 5 });
    expect((await test.ask('GET', `${path}/web`)).body).toMatchObject({
      spec: { replicas: 5, selector: { matchLabels: { a: 'b' } } },
      metadata: { generation: 2 },
    });
    expect((await test.ask('GET', `${maps}/a/scale`)).status).toBe(404);
  });

  it('says which it does not support', async () => {
    const answer = await test.ask('POST', '/api/v1/namespaces/shop/pods/p/eviction', { kind: 'Eviction' });
    expect(answer).toMatchObject({ status: 501, body: { message: 'the sandbox does not support pods/eviction' } });
  });
});

it('serves blobs to anybody', async () => {
  const closed = new TestApi({ tokens: {} });
  closed.api.objects.set('backups/b 1/log.gz', new Uint8Array([1, 2, 3]));
  const response = await closed.raw('GET', '/_objects/backups/b%201/log.gz');
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
  expect((await closed.raw('GET', '/_objects/none')).status).toBe(404);
});

it('fails on purpose, as often as told', async () => {
  const faulty = new TestApi({
    faults: [
      { method: 'GET', times: 1, status: 429, retryAfterSeconds: 2 },
      { method: 'GET', times: 1, disconnect: true },
    ],
  });
  const first = await faulty.ask('GET', maps);
  expect(first.status).toBe(429);
  expect(first.headers.get('retry-after')).toBe('2');
  await expect(faulty.ask('GET', maps)).rejects.toThrow(Disconnected);
  expect((await faulty.ask('GET', maps)).status).toBe(200);
});
