import { deployment, object } from '../testing/builders.ts';
import { arrivalWith, copyWith } from './mapping.ts';

const ingress = object('networking.k8s.io/v1', 'Ingress', 'shop/web', {
  spec: { rules: [{ host: 'shop.east.example' }, { host: 'other.example' }, {}], tls: [{ hosts: ['shop.east.example'] }] },
});

it('gives hosts their names there, whole ones before ends of them', () => {
  const { as, adapt } = arrivalWith({ hosts: { '.east.example': '.west.example', 'other.example': 'there.example' } });
  expect(as(ingress).spec).toEqual({
    rules: [{ host: 'shop.west.example' }, { host: 'there.example' }, {}],
    tls: [{ hosts: ['shop.west.example'] }],
  });
  expect(adapt(ingress, 'shop', 'shop')).toEqual({
    rewrite: {
      resource: 'ingresses.networking.k8s.io',
      namespace: 'shop',
      name: 'web',
      patches: [
        { op: 'replace', path: '/spec/rules/0/host', value: 'shop.west.example' },
        { op: 'replace', path: '/spec/rules/1/host', value: 'there.example' },
        { op: 'replace', path: '/spec/tls/0/hosts/0', value: 'shop.west.example' },
      ],
    },
    fields: [
      { path: 'spec.rules[0].host', from: 'shop.east.example', to: 'shop.west.example', why: 'that is its name there' },
      { path: 'spec.rules[1].host', from: 'other.example', to: 'there.example', why: 'that is its name there' },
      { path: 'spec.tls[0].hosts[0]', from: 'shop.east.example', to: 'shop.west.example', why: 'that is its name there' },
    ],
  });
});

const route = 'gateway.networking.k8s.io/v1';
it.each<[string, string, object, object]>([
  [route, 'HTTPRoute', { hostnames: ['shop.east.example'] }, { hostnames: ['shop.west.example'] }],
  [route, 'Gateway', { listeners: [{ hostname: '*.east.example' }, {}] }, { listeners: [{ hostname: '*.west.example' }, {}] }],
  ['route.openshift.io/v1', 'Route', { host: 'shop.east.example' }, { host: 'shop.west.example' }],
  [
    'networking.istio.io/v1',
    'VirtualService',
    { hosts: ['shop.east.example', 'orders', '*'], tls: [{ match: [{ sniHosts: ['shop.east.example'] }] }] },
    { hosts: ['shop.west.example', 'orders', '*'], tls: [{ match: [{ sniHosts: ['shop.west.example'] }] }] },
  ],
  [
    'networking.istio.io/v1',
    'Gateway',
    { servers: [{ hosts: ['./shop.east.example', '*/*'] }] },
    { servers: [{ hosts: ['./shop.west.example', '*/*'] }] },
  ],
  [
    'externaldns.k8s.io/v1alpha1',
    'DNSEndpoint',
    { endpoints: [{ dnsName: 'shop.east.example' }] },
    { endpoints: [{ dnsName: 'shop.west.example' }] },
  ],
])('gives those of a %s %s their names there', (apiVersion, kind, spec, there) => {
  const { as, adapt } = arrivalWith({ hosts: { '.east.example': '.west.example' } });
  const written = object(apiVersion, kind, 'shop/web', { spec });
  expect(as(written).spec).toEqual(there);
  expect(adapt(written, 'shop', 'shop')?.rewrite.patches.length).toBeGreaterThan(0);
});

it('gives the names of a note for the DNS their names there, each of them', () => {
  const note = 'external-dns.alpha.kubernetes.io/hostname';
  const service = object('v1', 'Service', 'shop/web', {});
  service.metadata.annotations = { [note]: 'shop.east.example, other.example' };
  const { as } = arrivalWith({ hosts: { '.east.example': '.west.example' } });
  expect(as(service).metadata.annotations).toEqual({ [note]: 'shop.west.example,other.example' });
});

it('asks nodes for what they are labelled with there, or for nothing', () => {
  const web = deployment('shop/web');
  const template = (web.spec as { template: { spec: Record<string, unknown> } }).template;
  template.spec.nodeSelector = { 'example.org/zone': 'a', gpu: 'yes', disk: 'ssd' };
  const { as, adapt } = arrivalWith({ nodeLabels: { 'example.org/zone=a': 'zone=1', 'gpu=yes': '', 'disk=ssd': 'disk=nvme' } });
  expect((as(web).spec as typeof web.spec & { template: typeof template }).template.spec.nodeSelector).toEqual({ zone: '1', disk: 'nvme' });
  expect(adapt(web, 'shop', 'shop')?.rewrite.patches).toEqual([
    { op: 'remove', path: '/spec/template/spec/nodeSelector/example.org~1zone' },
    { op: 'add', path: '/spec/template/spec/nodeSelector/zone', value: '1' },
    { op: 'remove', path: '/spec/template/spec/nodeSelector/gpu' },
    { op: 'replace', path: '/spec/template/spec/nodeSelector/disk', value: 'nvme' },
  ]);
});

it('leaves what it says nothing of as it is, the very same', () => {
  const { as, adapt } = arrivalWith({ storageClasses: { fast: 'gp3' } });
  expect(as(ingress)).toBe(ingress);
  expect(adapt(ingress, 'shop', 'shop')).toBeUndefined();
});

it('of a copy, takes what it is called there, and lets nothing of it act in the world', () => {
  const { adapt, copy } = copyWith({ hosts: { '.east.example': '.west.example' }, storageClasses: { fast: 'gp3' } });
  expect(copy).toBe(true);
  const of = adapt(ingress, 'shop', 'shop-drill');
  expect(of?.fields).toContainEqual({
    path: 'spec.rules[0].host',
    from: 'shop.east.example',
    to: 'shop.west.example.shop-drill.invalid',
    why: 'the original answers for this host',
  });
  expect(of?.fields.map(({ path }) => path)).toEqual([...new Set(of?.fields.map(({ path }) => path))]);
  // One after the other, the last one stays.
  expect(of?.rewrite.patches.filter(({ path }) => path === '/spec/rules/0/host').map(({ value }) => value)).toEqual([
    'shop.west.example',
    'shop.west.example.shop-drill.invalid',
  ]);
  const claim = object('v1', 'PersistentVolumeClaim', 'shop/data', { spec: { storageClassName: 'fast' } });
  expect(adapt(claim, 'shop', 'shop-drill')?.rewrite.patches).toEqual([{ op: 'replace', path: '/spec/storageClassName', value: 'gp3' }]);
  const jobs = object('batch/v1', 'CronJob', 'shop/report', { spec: { schedule: '* * * * *' } });
  expect(adapt(jobs, 'shop', 'shop-drill')?.rewrite.patches).toEqual([{ op: 'add', path: '/spec/suspend', value: true }]);
});
