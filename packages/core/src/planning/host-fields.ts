import { at, listAt } from '../application/raw.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { Keys } from './mapping-edit.ts';

/** A field by whose value an object answers for hosts, and what it would say instead. */
export interface HostEdit {
  path: Keys;
  from: string;
  to: string;
}

/** Where an object would answer for every host, for nothing limits it: the field that would, which is a list or one host. */
export interface OpenField {
  path: Keys;
  list: boolean;
}

/**
 * What a host is called instead; undefined: it stays. `isMeshName`: it is a name of a service mesh, where a short one is looked up in the
 * namespace of the object, and `orders.shop.svc.cluster.local` is a Service.
 */
export type Rename = (host: string, isMeshName: boolean) => string | undefined;

const gatewayGroup = /^gateway\.networking\.k8s\.io\//;
const istioGroup = /^networking\.istio\.io\//;
const ingressGroup = /^(networking\.k8s\.io|extensions)\//;
/** Of Knative, which makes them of its Services and DomainMappings; these are called like their hosts: `host-names.ts`. */
const knativeIngress = /^networking\.internal\.knative\.dev\//;
/** Kinds of the Gateway API whose hosts others on the network answer to. */
const routes: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute']);
/** Of external-dns, on whatever it watches: host names, separated by commas. */
const dnsNames = /^external-dns\.alpha\.kubernetes\.io\/(internal-)?hostname$/;

/** Every host that an object answers for, or lets a DNS know, where it is called otherwise. */
export function hostEdits(object: KubeObject, rename: Rename): HostEdit[] {
  const edits: HostEdit[] = [];
  const change = (path: Keys, from: unknown, call: (value: string) => string | undefined): void => {
    const to = typeof from === 'string' && from !== '' ? call(from) : undefined;
    if (to !== undefined && to !== from) edits.push({ path, from: from as string, to });
  };
  const changeAll = (path: Keys, values: unknown, call: (value: string) => string | undefined): void => {
    for (const [index, value] of (Array.isArray(values) ? (values as unknown[]) : []).entries()) change([...path, index], value, call);
  };
  const host = (value: string): string | undefined => rename(value.trim(), false);
  const meshName = (value: string): string | undefined => rename(value.trim(), true);
  const several = (value: string): string =>
    value
      .split(',')
      .map((one) => host(one) ?? one.trim())
      .join(',');

  for (const [key, value] of Object.entries(object.metadata.annotations ?? {}))
    if (dnsNames.test(key)) change(['metadata', 'annotations', key], value, several);
  const { apiVersion, kind } = object;
  if (kind === 'Ingress' && ingressGroup.test(apiVersion)) {
    for (const [index, rule] of listAt(object, 'spec', 'rules').entries()) change(['spec', 'rules', index, 'host'], at(rule, 'host'), host);
    for (const [index, tls] of listAt(object, 'spec', 'tls').entries()) changeAll(['spec', 'tls', index, 'hosts'], at(tls, 'hosts'), host);
  }
  if (kind === 'Ingress' && knativeIngress.test(apiVersion))
    for (const part of ['rules', 'tls'])
      for (const [index, rule] of listAt(object, 'spec', part).entries())
        changeAll(['spec', part, index, 'hosts'], at(rule, 'hosts'), meshName);
  if (routes.has(kind) && gatewayGroup.test(apiVersion)) changeAll(['spec', 'hostnames'], at(object, 'spec', 'hostnames'), host);
  if (kind === 'Gateway' && gatewayGroup.test(apiVersion))
    for (const [index, listener] of listAt(object, 'spec', 'listeners').entries())
      change(['spec', 'listeners', index, 'hostname'], at(listener, 'hostname'), host);
  if (kind === 'VirtualService' && istioGroup.test(apiVersion)) {
    changeAll(['spec', 'hosts'], at(object, 'spec', 'hosts'), meshName);
    for (const [index, rule] of listAt(object, 'spec', 'tls').entries())
      for (const [nth, match] of listAt(rule, 'match').entries())
        changeAll(['spec', 'tls', index, 'match', nth, 'sniHosts'], at(match, 'sniHosts'), meshName);
  }
  if (kind === 'Gateway' && istioGroup.test(apiVersion))
    for (const [index, server] of listAt(object, 'spec', 'servers').entries())
      changeAll(['spec', 'servers', index, 'hosts'], at(server, 'hosts'), (value) => {
        // `namespace/host`: whose VirtualServices it takes, and for which host.
        const slash = value.indexOf('/') + 1;
        const to = host(value.slice(slash));
        return to === undefined ? undefined : `${value.slice(0, slash)}${to}`;
      });
  if (kind === 'DNSEndpoint' && apiVersion.startsWith('externaldns.k8s.io/'))
    for (const [index, endpoint] of listAt(object, 'spec', 'endpoints').entries())
      change(['spec', 'endpoints', index, 'dnsName'], at(endpoint, 'dnsName'), host);
  if (kind === 'Route' && apiVersion.startsWith('route.openshift.io/')) change(['spec', 'host'], at(object, 'spec', 'host'), host);
  return edits;
}

export function openFields(object: KubeObject): OpenField[] {
  const { apiVersion, kind } = object;
  const isMissing = (value: unknown): boolean => typeof value !== 'string' || value === '';
  if (kind === 'Ingress' && ingressGroup.test(apiVersion))
    return listAt(object, 'spec', 'rules').flatMap((rule, index) =>
      isMissing(at(rule, 'host')) ? [{ path: ['spec', 'rules', index, 'host'], list: false }] : [],
    );
  if (routes.has(kind) && gatewayGroup.test(apiVersion)) {
    const names = at(object, 'spec', 'hostnames');
    return Array.isArray(names) && names.length > 0 ? [] : [{ path: ['spec', 'hostnames'], list: true }];
  }
  if (kind === 'Gateway' && gatewayGroup.test(apiVersion))
    return listAt(object, 'spec', 'listeners').flatMap((listener, index) =>
      // Only these know hosts; a listener of plain TCP has none.
      isMissing(at(listener, 'hostname')) && ['HTTP', 'HTTPS', 'TLS'].includes(String(at(listener, 'protocol')))
        ? [{ path: ['spec', 'listeners', index, 'hostname'], list: false }]
        : [],
    );
  return [];
}
