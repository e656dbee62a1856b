import { deployment, object } from '../testing/builders.ts';
import { arrivalWith } from './mapping.ts';
import { namesLeft } from './namespace-names.ts';

const mapping = { namespaces: { shop: 'shop-dr', pay: 'shop' } };
const { as, adapt } = arrivalWith(mapping);
const config = object('v1', 'ConfigMap', 'shop/web', {
  data: {
    'app.properties': 'db=db-0.db.shop.svc.cluster.local:5432\npay=http://api.pay.svc/\nother=x.my-shop.svc y.shop.svcs',
    namespace: 'shop',
    short: 'db.shop:5432',
  },
});

it('calls services in namespaces that are called otherwise by their names there, all at once', () => {
  expect(as(config)).toMatchObject({
    data: {
      'app.properties': 'db=db-0.db.shop-dr.svc.cluster.local:5432\npay=http://api.shop.svc/\nother=x.my-shop.svc y.shop.svcs',
      namespace: 'shop',
      short: 'db.shop:5432',
    },
  });
  expect(adapt(config, 'shop', 'shop-dr')).toEqual({
    rewrite: {
      resource: 'configmaps',
      namespace: 'shop',
      name: 'web',
      patches: [{ op: 'replace', path: '/data/app.properties', value: expect.stringContaining('db-0.db.shop-dr.svc.cluster.local') }],
    },
    fields: [
      {
        path: 'data[app.properties]',
        from: 'db-0.db.shop.svc, api.pay.svc',
        to: 'db-0.db.shop-dr.svc, api.shop.svc',
        why: 'the service is called so there',
      },
    ],
  });
});

it('gives references between objects the namespace there, and leaves what was only sent once', () => {
  const binding = object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'shop/reader', {
    subjects: [
      { kind: 'ServiceAccount', name: 'reader', namespace: 'shop' },
      { kind: 'ServiceAccount', name: 'x', namespace: 'other' },
    ],
  });
  expect(adapt(binding, 'shop', 'shop-dr')?.rewrite.patches).toEqual([{ op: 'replace', path: '/subjects/0/namespace', value: 'shop-dr' }]);
  const policy = object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/in', {
    spec: { ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }] }] },
  });
  expect(as(policy).spec).toMatchObject({
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop-dr' } } }] }],
  });
  const ingress = object('networking.k8s.io/v1', 'Ingress', 'shop/web', { spec: {} });
  ingress.metadata.annotations = {
    'nginx.ingress.kubernetes.io/auth-url': 'http://auth.shop.svc.cluster.local/',
    'kubectl.kubernetes.io/last-applied-configuration': 'http://auth.shop.svc.cluster.local/',
  };
  expect(adapt(ingress, 'shop', 'shop-dr')?.fields.map(({ path }) => path)).toEqual([
    'metadata.annotations[nginx.ingress.kubernetes.io/auth-url]',
  ]);
  const web = deployment('shop/web');
  expect(as(web)).toBe(web);
});

it('tells by name what is not rewritten, values of Secrets without a word of them', () => {
  const secret = object('v1', 'Secret', 'shop/dsn', { data: { url: btoa('postgres://u:p@db.shop.svc/orders') } });
  expect(as(secret)).toBe(secret);
  const [told, ...others] = namesLeft([secret, config, deployment('shop/web')].map(as), {
    cluster: 'west',
    source: 'shop',
    target: 'shop-dr',
  });
  expect(others).toEqual([]);
  expect(told).toMatchObject({ code: 'NAMESPACE_NAMED_IN_CONFIG', severity: 'warning', evidence: ['Secret dsn', 'ConfigMap web'] });
  expect(JSON.stringify(told)).not.toContain('postgres');
  expect(namesLeft([secret], { cluster: 'west', source: 'shop', target: 'shop' })).toEqual([]);
});

/** It would take minutes then, and end at the limit of a test. */
it('needs no time that grows with the square of a text', () => {
  const long = object('v1', 'ConfigMap', 'shop/long', { data: { text: `${'a'.repeat(900_000)}.shop` } });
  expect(as(long)).toBe(long);
});
