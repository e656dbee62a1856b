import type { KubeObject } from '../ports/kubernetes.ts';
import { openingsOf } from './isolation.ts';
import { keepInside } from './keep-inside.ts';
import { neutralise } from './neutralise.ts';

function policy(spec: unknown): KubeObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'own', namespace: 'shop' }, spec };
}

const dns = { ports: [{ protocol: 'UDP', port: 53 }] };
const pods = { podSelector: { matchLabels: { app: 'db' } } };
const shop = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
const other = { namespaceSelector: { matchLabels: { team: 'pay' } } };
const both = { egress: true, ingress: true };

it.each([
  ['nothing, for it shuts off', { policyTypes: ['Ingress', 'Egress'] }, {}],
  ['its own pods', { policyTypes: ['Ingress', 'Egress'], egress: [{ to: [pods] }], ingress: [{ from: [pods, shop] }] }, {}],
  ['names to be resolved', { policyTypes: ['Egress'], egress: [dns, { to: [other], ...dns }] }, {}],
  ['everything, by a rule that names nobody', { policyTypes: ['Ingress', 'Egress'], egress: [{}], ingress: [{}] }, both],
  ['one address outside', { policyTypes: ['Egress'], egress: [{ to: [pods, { ipBlock: { cidr: '10.0.0.5/32' } }] }] }, { egress: true }],
  ['another namespace', { egress: [{ to: [{ ...pods, ...other }] }] }, { egress: true }],
  ['DNS and more', { egress: [{ ports: [{ port: 53 }, { port: 5432 }] }] }, { egress: true }],
  ['callers from outside', { ingress: [{ from: [other] }] }, { ingress: true }],
  ['what its types leave out', { policyTypes: ['Ingress'], egress: [{}] }, {}],
  ['fields of another shape', { policyTypes: 'Egress', egress: 'all', ingress: [7] }, {}],
])('of what a policy allows, what isolation does not: %s', (_, spec, opened) => {
  expect(openingsOf(policy(spec))).toEqual({ egress: false, ingress: false, ...opened });
});

it('an isolated copy keeps of its policies what opens nothing, and what names the namespace of the original means another one there', () => {
  const adapt = keepInside(neutralise);
  expect(adapt(policy({ policyTypes: ['Egress'], egress: [{ to: [pods] }] }), 'shop', 'shop-copy')).toBeUndefined();
  expect(adapt(policy({ policyTypes: ['Egress'], egress: [{ to: [shop] }], ingress: [{}] }), 'shop', 'shop-copy')).toMatchObject({
    rewrite: {
      resource: 'networkpolicies.networking.k8s.io',
      namespace: 'shop',
      name: 'own',
      patches: [{ op: 'replace', path: '/spec/egress', value: [] }],
    },
    fields: [{ path: 'spec.egress', from: [{ to: [shop] }], to: [] }],
  });
});
