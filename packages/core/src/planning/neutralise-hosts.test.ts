import type { KubeObject } from '../ports/kubernetes.ts';
import { neutralise } from './neutralise.ts';

const of = (apiVersion: string, kind: string, spec: Record<string, unknown>, annotations?: Record<string, string>): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop', ...(annotations && { annotations }) },
  spec,
});

const fieldsOf = (object: KubeObject): [string, unknown][] =>
  (neutralise(object, 'shop', 'shop-drill')?.fields ?? []).map(({ path, to }) => [path, to]);

describe('hosts of a copy', () => {
  it.each(['HTTPRoute', 'GRPCRoute', 'TLSRoute'])('of a %s end in .invalid, and one for every host gets one', (kind) => {
    const apiVersion = 'gateway.networking.k8s.io/v1';
    expect(fieldsOf(of(apiVersion, kind, { hostnames: ['shop.example', '*.shop.example'] }))).toEqual([
      ['spec.hostnames[0]', 'shop.example.shop-drill.invalid'],
      ['spec.hostnames[1]', 'any.shop.example.shop-drill.invalid'],
    ]);
    const open = neutralise(of(apiVersion, kind, { parentRefs: [{ name: 'gate' }] }), 'shop', 'shop-drill');
    expect(open?.rewrite.patches).toEqual([{ op: 'add', path: '/spec/hostnames', value: ['all.shop-drill.invalid'] }]);
  });

  it('of the listeners of a Gateway end in .invalid; a listener without hosts stays, an address of the outside goes', () => {
    const gateway = of('gateway.networking.k8s.io/v1', 'Gateway', {
      addresses: [{ value: '192.0.2.1' }],
      listeners: [
        { name: 'web', protocol: 'HTTPS', hostname: 'shop.example' },
        { name: 'any', protocol: 'HTTP' },
        { name: 'raw', protocol: 'TCP' },
      ],
    });
    expect(neutralise(gateway, 'shop', 'shop-drill')?.rewrite).toEqual({
      resource: 'gateways.gateway.networking.k8s.io',
      namespace: 'shop',
      name: 'web',
      patches: [
        { op: 'replace', path: '/spec/listeners/0/hostname', value: 'shop.example.shop-drill.invalid' },
        { op: 'add', path: '/spec/listeners/1/hostname', value: 'all.shop-drill.invalid' },
        { op: 'remove', path: '/spec/addresses' },
      ],
    });
  });

  it('of external-dns end in .invalid wherever they stand', () => {
    const note = 'external-dns.alpha.kubernetes.io/hostname';
    expect(fieldsOf(of('v1', 'Service', {}, { [note]: 'shop.example, www.shop.example', other: 'shop.example' }))).toEqual([
      [`metadata.annotations[${note}]`, 'shop.example.shop-drill.invalid,www.shop.example.shop-drill.invalid'],
    ]);
    expect(fieldsOf(of('externaldns.k8s.io/v1alpha1', 'DNSEndpoint', { endpoints: [{ dnsName: 'shop.example' }] }))).toEqual([
      ['spec.endpoints[0].dnsName', 'shop.example.shop-drill.invalid'],
    ]);
  });

  it('of Istio end in .invalid, but for Services, which are those of the copy', () => {
    const virtual = of('networking.istio.io/v1', 'VirtualService', {
      hosts: ['shop.example', '*', 'orders', 'orders.shop.svc.cluster.local', 'orders.other.svc.cluster.local'],
      tls: [{ match: [{ sniHosts: ['*.shop.example'] }] }],
    });
    expect(fieldsOf(virtual)).toEqual([
      ['spec.hosts[0]', 'shop.example.shop-drill.invalid'],
      ['spec.hosts[1]', 'all.shop-drill.invalid'],
      ['spec.hosts[3]', 'orders.shop-drill.svc.cluster.local'],
      ['spec.hosts[4]', 'orders.other.svc.cluster.local.shop-drill.invalid'],
      ['spec.tls[0].match[0].sniHosts[0]', 'any.shop.example.shop-drill.invalid'],
    ]);
    const servers = [{ hosts: ['shop.example', './www.shop.example', '*/*'] }, { hosts: ['*.shop.example'] }];
    expect(fieldsOf(of('networking.istio.io/v1beta1', 'Gateway', { servers }))).toEqual([
      ['spec.servers[0].hosts[0]', 'shop.example.shop-drill.invalid'],
      ['spec.servers[0].hosts[1]', './www.shop.example.shop-drill.invalid'],
      ['spec.servers[0].hosts[2]', '*/all.shop-drill.invalid'],
      ['spec.servers[1].hosts[0]', 'any.shop.example.shop-drill.invalid'],
    ]);
  });

  it('of what Knative makes for its Services end in .invalid, but for Services', () => {
    const rules = [{ hosts: ['web.shop', 'web.shop.svc.cluster.local'] }, { hosts: ['web.shop.example'] }];
    expect(fieldsOf(of('networking.internal.knative.dev/v1alpha1', 'Ingress', { rules, tls: [{ hosts: ['web.shop.example'] }] }))).toEqual([
      ['spec.rules[0].hosts[0]', 'web.shop.shop-drill.invalid'],
      ['spec.rules[0].hosts[1]', 'web.shop-drill.svc.cluster.local'],
      ['spec.rules[1].hosts[0]', 'web.shop.example.shop-drill.invalid'],
      ['spec.tls[0].hosts[0]', 'web.shop.example.shop-drill.invalid'],
    ]);
  });

  it('of an Ingress and of a Route of OpenShift end in .invalid', () => {
    const ingress = { rules: [{ host: 'shop.example' }, {}], tls: [{ hosts: ['shop.example'] }] };
    expect(fieldsOf(of('networking.k8s.io/v1', 'Ingress', ingress))).toEqual([
      ['spec.rules[0].host', 'shop.example.shop-drill.invalid'],
      ['spec.tls[0].hosts[0]', 'shop.example.shop-drill.invalid'],
      ['spec.rules[1].host', 'all.shop-drill.invalid'],
    ]);
    expect(fieldsOf(of('route.openshift.io/v1', 'Route', { host: 'shop.example' }))).toEqual([
      ['spec.host', 'shop.example.shop-drill.invalid'],
    ]);
  });
});
