import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { configMap, TestApi } from './client.testing.ts';

const maps = '/api/v1/namespaces/shop/configmaps';
let test: TestApi;

beforeEach(async () => {
  test = new TestApi();
  await test.namespace('shop');
});
afterEach(() => test.api.close());

const owner = ({ apiVersion, kind, metadata }: KubeObject, extra: object = {}) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  ...extra,
});

describe('namespaces', () => {
  it('begin with a service account and a CA bundle, which come back when deleted', async () => {
    expect((await test.ask('GET', `${maps}/kube-root-ca.crt`)).status).toBe(200);
    expect((await test.ask('DELETE', '/api/v1/namespaces/shop/serviceaccounts/default')).status).toBe(200);
    test.api.settle();
    expect((await test.ask('GET', '/api/v1/namespaces/shop/serviceaccounts/default')).status).toBe(200);
    expect((await test.ask('GET', '/api/v1/namespaces/shop')).body).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  it('take their contents with them, wait for finalizers and let nothing in meanwhile', async () => {
    await test.ask('POST', maps, configMap('plain'));
    await test.ask('POST', maps, configMap('held', {}, { finalizers: ['x/y'] }));
    const leaving = await test.ask('DELETE', '/api/v1/namespaces/shop');
    expect(leaving.body).toMatchObject({ kind: 'Namespace', status: { phase: 'Terminating' } });
    expect((await test.ask('POST', maps, configMap('late'))).body).toMatchObject({
      code: 403,
      message: 'configmaps "late" is forbidden: unable to create new content in namespace shop because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating' }] },
    });
    test.api.settle();
    expect((await test.ask('GET', maps)).body.items.map((item) => item.metadata.name)).toEqual(['held']);
    expect((await test.ask('GET', '/api/v1/namespaces/shop')).body.status).toMatchObject({
      conditions: [{ type: 'NamespaceContentRemaining' }, { message: expect.stringContaining('x/y in 1 resource') }],
    });
    await test.ask('PATCH', `${maps}/held`, { metadata: { finalizers: null } });
    test.api.settle();
    expect((await test.ask('GET', '/api/v1/namespaces/shop')).status).toBe(404);
    await test.namespace('shop');
    expect((await test.ask('POST', maps, configMap('again'))).status).toBe(201);
  });

  it('are emptied without being asked to settle', async () => {
    await test.ask('POST', maps, configMap('plain'));
    await test.ask('DELETE', '/api/v1/namespaces/shop');
    await vi.waitFor(async () => expect((await test.ask('GET', '/api/v1/namespaces/shop')).status).toBe(404));
  });
});

describe('owned objects', () => {
  it('go with their last owner, and lose an owner that is gone', async () => {
    const [a, b] = [(await test.ask('POST', maps, configMap('a'))).body, (await test.ask('POST', maps, configMap('b'))).body];
    await test.ask('POST', maps, configMap('of-both', {}, { ownerReferences: [owner(a), owner(b)] }));
    await test.ask('POST', maps, configMap('of-a', {}, { ownerReferences: [owner(a)] }));
    await test.ask('DELETE', `${maps}/a`);
    test.api.settle();
    expect((await test.ask('GET', `${maps}/of-a`)).status).toBe(404);
    expect((await test.ask('GET', `${maps}/of-both`)).body.metadata.ownerReferences).toEqual([owner(b)]);
    await test.ask('DELETE', `${maps}/b?propagationPolicy=Orphan`);
    test.api.settle();
    expect((await test.ask('GET', `${maps}/of-both`)).body.metadata).not.toHaveProperty('ownerReferences');
  });

  it('are collected when their owner never existed here, as after a careless restore', async () => {
    const a = (await test.ask('POST', maps, configMap('a'))).body;
    await test.ask('POST', maps, configMap('lost', {}, { ownerReferences: [{ ...owner(a), uid: 'from-another-cluster' }] }));
    await test.ask(
      'POST',
      maps,
      configMap('unknown', {}, { ownerReferences: [{ apiVersion: 'x.io/v1', kind: 'Thing', name: 't', uid: 'u' }] }),
    );
    test.api.settle();
    expect((await test.ask('GET', `${maps}/lost`)).status).toBe(404);
    expect((await test.ask('GET', `${maps}/unknown`)).status).toBe(200);
  });

  it('go first in a foreground deletion', async () => {
    const a = (await test.ask('POST', maps, configMap('a'))).body;
    const metadata = { ownerReferences: [owner(a, { blockOwnerDeletion: true })], finalizers: ['x/y'] };
    await test.ask('POST', maps, configMap('child', {}, metadata));
    const leaving = await test.ask('DELETE', `${maps}/a`, { propagationPolicy: 'Foreground' });
    expect(leaving.body.metadata.finalizers).toEqual(['foregroundDeletion']);
    test.api.settle();
    expect((await test.ask('GET', `${maps}/a`)).status).toBe(200);
    await test.ask('PATCH', `${maps}/child`, { metadata: { finalizers: null } });
    test.api.settle();
    expect((await test.ask('GET', `${maps}/a`)).status).toBe(404);
  });
});

describe('custom resources', () => {
  const definition = (subresources: object) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'boats.sea.io' },
    spec: {
      group: 'sea.io',
      scope: 'Namespaced',
      names: { kind: 'Boat', plural: 'boats', shortNames: ['bt'] },
      versions: [
        { name: 'v1beta1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } }, subresources },
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          subresources,
          additionalPrinterColumns: [
            { name: 'Crew', type: 'integer', jsonPath: '.spec.crew' },
            { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
            { name: 'Sailed', type: 'date', jsonPath: '.spec.sailed' },
          ],
        },
      ],
    },
  });
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const boats = '/apis/sea.io/v1/namespaces/shop/boats';
  const boat = (extra: object = {}) => ({ apiVersion: 'sea.io/v1', kind: 'Boat', metadata: { name: 'b' }, spec: { crew: 3 }, ...extra });

  it('are served at once in every version and go with their definition', async () => {
    expect((await test.raw('GET', boats)).status).toBe(404);
    const made = await test.ask('POST', definitions, definition({}));
    expect(made.body.status).toMatchObject({
      acceptedNames: { singular: 'boat', listKind: 'BoatList' },
      storedVersions: ['v1'],
      conditions: [{ type: 'NamesAccepted' }, { type: 'Established', status: 'True' }],
    });
    expect((await test.ask('POST', boats, boat())).status).toBe(201);
    const old = await test.ask('GET', '/apis/sea.io/v1beta1/boats');
    expect(old.body).toMatchObject({
      kind: 'BoatList',
      apiVersion: 'sea.io/v1beta1',
      items: [{ apiVersion: 'sea.io/v1beta1', kind: 'Boat' }],
    });
    expect((await test.ask('GET', '/apis/sea.io')).body).toMatchObject({ preferredVersion: { version: 'v1' } });
    const leaving = await test.ask('DELETE', `${definitions}/boats.sea.io`);
    expect(leaving.body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    test.api.settle();
    expect((await test.ask('GET', `${definitions}/boats.sea.io`)).status).toBe(404);
    expect((await test.raw('GET', boats)).status).toBe(404);
  });

  it('write status through the object itself only when there is no subresource for it', async () => {
    await test.ask('POST', definitions, definition({}));
    const plain = await test.ask('POST', boats, boat({ status: { phase: 'New' } }));
    expect(plain.body).toMatchObject({ status: { phase: 'New' }, metadata: { generation: 1 } });
    expect((await test.ask('PATCH', `${boats}/b`, { status: { phase: 'Done' } })).body).toMatchObject({
      status: { phase: 'Done' },
      metadata: { generation: 2 },
    });
    expect((await test.ask('PATCH', `${boats}/b/status`, { status: {} })).status).toBe(404);
    await test.ask('DELETE', `${boats}/b`);
    await test.ask('PATCH', `${definitions}/boats.sea.io`, definition({ status: {} }));
    expect((await test.ask('POST', boats, boat({ status: { phase: 'New' } }))).body).not.toHaveProperty('status');
    expect((await test.ask('PATCH', `${boats}/b`, { status: { phase: 'Done' } })).body).not.toHaveProperty('status');
    expect((await test.ask('PATCH', `${boats}/b/status`, { status: { phase: 'Done' } })).body).toMatchObject({
      status: { phase: 'Done' },
      metadata: { generation: 1 },
    });
  });

  it('need a version to be replaced and take no strategic merge', async () => {
    await test.ask('POST', definitions, definition({}));
    await test.ask('POST', boats, boat());
    expect((await test.ask('PUT', `${boats}/b`, boat())).body.message).toBe(
      'Boat.sea.io "b" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    );
    expect((await test.ask('PATCH', `${boats}/b`, {}, { 'content-type': 'application/strategic-merge-patch+json' })).status).toBe(415);
  });

  it('are shown in their own columns', async () => {
    await test.ask('POST', definitions, definition({}));
    await test.ask(
      'POST',
      boats,
      boat({ spec: { crew: 3, sailed: '2026-03-01T11:57:00Z' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
    );
    await test.ask('POST', boats, { ...boat(), metadata: { name: 'c' }, spec: {} });
    const { body } = await test.ask('GET', boats, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(body).toMatchObject({
      kind: 'Table',
      columnDefinitions: [{ name: 'Name' }, { name: 'Crew' }, { name: 'Ready' }, { name: 'Sailed' }],
      rows: [{ cells: ['b', 3, 'True', '3m'] }, { cells: ['c', null, null, null] }],
    });
  });

  it('refuse a definition that could not be served', async () => {
    expect((await test.ask('POST', definitions, { ...definition({}), metadata: { name: 'wrong.sea.io' } })).body).toMatchObject({
      code: 422,
      details: { causes: [{ field: 'metadata.name' }] },
    });
  });
});

it('answers through the proxy of a service while one of its pods is ready', async () => {
  const test = new TestApi();
  await test.namespace('shop');
  const metadata = { name: 'web', namespace: 'shop', labels: { app: 'web' } };
  await test.ask('POST', '/api/v1/namespaces/shop/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { selector: { app: 'web' }, ports: [{ name: 'main', port: 80 }] },
  });
  const path = (port: string): string => `/api/v1/namespaces/shop/services/web${port}/proxy/healthz`;
  expect(await test.ask('GET', path(':80'))).toMatchObject({ status: 503, body: { message: 'no endpoints available for service "web"' } });
  await test.ask('POST', '/api/v1/namespaces/shop/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  });
  await test.ask('PATCH', '/api/v1/namespaces/shop/pods/web/status', { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  for (const port of ['', ':80', ':main']) expect((await test.raw('GET', path(port))).status).toBe(200);
  expect((await test.ask('GET', path(':81'))).body.message).toContain('no service port "81"');
  expect((await test.ask('GET', '/api/v1/namespaces/shop/services/none:80/proxy/')).status).toBe(404);
});
