import fc from 'fast-check';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { deployment, object, persistentVolumeClaim, service } from '../../testing/builders.ts';
import { fieldChanges } from './fields.ts';
import { objectChange } from './object-change.ts';

const isMark = (key: string): boolean => key.startsWith('velero.io/');
const change = (captured: KubeObject, live?: KubeObject) => objectChange('east', captured, live, isMark);
const secret = (data: Record<string, string>) => object('v1', 'Secret', 'shop/db', { type: 'Opaque', data });

describe('objectChange', () => {
  it('creates what is not there', () => {
    expect(change(deployment('shop/web'))).toEqual({
      action: 'create',
      cluster: 'east',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    });
  });

  it('leaves what differs only in what the server, controllers or an engine wrote', () => {
    const captured = deployment('shop/web', { replicas: 2 }, { metadata: { uid: 'a', resourceVersion: '1', generation: 1 } });
    const live = deployment(
      'shop/web',
      { replicas: 2, ready: 0 },
      {
        metadata: {
          uid: 'b',
          resourceVersion: '9',
          generation: 4,
          managedFields: [{}],
          labels: { 'velero.io/restore-name': 'r' },
          annotations: { 'deployment.kubernetes.io/revision': '3' },
        },
      },
    );
    expect(change(captured, live).action).toBe('leave');
    const ports = (nodePort: number) => ({ type: 'NodePort', clusterIP: `10.0.0.${nodePort}`, ports: [{ port: 80, nodePort }] });
    expect(change(service('shop/web', ports(1)), service('shop/web', ports(2))).action).toBe('leave');
  });

  it('tells each field by its path, from what is to what would be', () => {
    const { action, fields } = change(
      deployment('shop/web', { replicas: 2, image: 'app:1' }),
      deployment('shop/web', { replicas: 5, image: 'app:2' }),
    );
    expect({ action, fields }).toEqual({
      action: 'change',
      fields: [
        { path: 'spec.replicas', from: 5, to: 2 },
        { path: 'spec.template.spec.containers[main].image', from: 'app:2', to: 'app:1' },
      ],
    });
  });

  it('never tells the value of a secret, not even that of one that is gone', () => {
    const told = change(secret({ password: 'b2xk', gone: 'eA==' }), secret({ password: 'bmV3' }));
    expect(told.fields?.map(({ path }) => path)).toEqual(['data.gone', 'data.password']);
    expect(JSON.stringify(told)).not.toMatch(/b2xk|bmV3|eA==/);
  });

  it('is a conflict where the server would refuse', () => {
    const claim = (storageClassName: string) => persistentVolumeClaim('shop/data', {}, { spec: { storageClassName, resources: {} } });
    expect(change(claim('fast'), claim('slow'))).toMatchObject({
      action: 'conflict',
      fields: [{ path: 'spec.storageClassName', from: 'slow', to: 'fast', why: 'the server does not let this field change' }],
    });
    const frozen = (value: string) => object('v1', 'ConfigMap', 'shop/c', { immutable: true, data: { value } });
    expect(change(frozen('a'), frozen('b')).action).toBe('conflict');
  });
});

describe('fieldChanges', () => {
  it('matches items of lists by what names them, whatever their order', () => {
    const env = (...names: string[]) => ({ env: names.map((name) => ({ name, value: name })) });
    expect(fieldChanges(env('a', 'b'), env('b', 'a'))).toEqual([]);
    expect(fieldChanges(env('a', 'b'), env('b', 'c'))).toEqual([
      { path: 'env[a]', from: { name: 'a', value: 'a' } },
      { path: 'env[c]', to: { name: 'c', value: 'c' } },
    ]);
    expect(fieldChanges({ args: ['a', 'b'] }, { args: ['a', 'c'] })).toEqual([{ path: 'args[1]', from: 'b', to: 'c' }]);
  });

  it('takes an empty value for an absent one', () => {
    expect(fieldChanges({ labels: {}, list: [], text: '' }, {})).toEqual([]);
  });

  it('finds nothing between equal values, and something between different ones, both ways', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(fc.property(value, (a) => fieldChanges(a, structuredClone(a)).length === 0));
    fc.assert(
      fc.property(value, value, (a, b) => {
        const there = fieldChanges(a, b)
          .map(({ path }) => path)
          .toSorted();
        expect(
          fieldChanges(b, a)
            .map(({ path }) => path)
            .toSorted(),
        ).toEqual(there);
      }),
    );
  });
});

describe('what opens something', () => {
  const told = (kind: string, live: object, captured: object) =>
    objectChange('east', object('v1', kind, 'shop/x', { ...captured }), object('v1', kind, 'shop/x', { ...live }), () => false).fields;

  it.each<[string, string, object, object]>([
    ['a kubeconfig of another cluster', 'ClusterPair', { spec: { config: 'planted-a' } }, { spec: { config: 'planted-b' } }],
    [
      'keys of an object store',
      'BackupLocation',
      { location: { s3Config: { x: 'planted-a' } } },
      { location: { s3Config: { x: 'planted-b' } } },
    ],
    ['a field by its name', 'Widget', { spec: { adminPassword: 'planted-a' } }, { spec: { adminPassword: 'planted-b' } }],
    ['a whole part that is new', 'Widget', {}, { spec: { auth: { user: 'u', secretAccessKey: 'planted-b', tokens: [] } } }],
    ['a list under such a name', 'Widget', {}, { spec: { auth: { token: ['planted-a', 'planted-b'] } } }],
    ['a variable', 'Pod', { env: [{ name: 'DB_PASSWORD', value: 'planted-a' }] }, { env: [{ name: 'DB_PASSWORD', value: 'planted-b' }] }],
    ['a variable that is new', 'Pod', { env: [] }, { env: [{ name: 'API_TOKEN', value: 'planted-b' }] }],
    ['an address', 'ConfigMap', { data: { url: 'postgres://shop:planted-a@db/x' } }, { data: { url: 'postgres://shop:planted-b@db/x' } }],
  ])('is not told: %s', (_, kind, live, captured) => {
    const fields = told(kind, live, captured);
    expect(fields?.length).toBeGreaterThan(0);
    expect(JSON.stringify(fields)).not.toContain('planted');
  });

  it('is told where it only names something', () => {
    const before = { spec: { secretName: 'a', tokenExpirationSeconds: 1, secretKeyRef: { key: 'a' } } };
    const after = { spec: { secretName: 'b', tokenExpirationSeconds: 2, secretKeyRef: { key: 'b' } } };
    expect(told('Pod', before, after)).toEqual([
      { path: 'spec.secretKeyRef.key', from: 'a', to: 'b' },
      { path: 'spec.secretName', from: 'a', to: 'b' },
      { path: 'spec.tokenExpirationSeconds', from: 1, to: 2 },
    ]);
  });
});
