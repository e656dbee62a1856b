import { at, listAt } from '../application/raw.ts';
import type { Rewrite } from '../ports/engine.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { FieldChange } from './model.ts';

export interface Edit {
  patches: Rewrite['patches'];
  fields: FieldChange[];
}

type Path = readonly (string | number)[];

export function pointer(...keys: Path): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Kinds whose hosts others on the network answer to, by API group: routes, listeners, and names that go into the DNS. */
const routes: ReadonlySet<string> = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute']);
const gatewayGroup = /^gateway\.networking\.k8s\.io\//;
/** Of external-dns, on whatever it watches: host names, separated by commas. */
const dnsNames = /^external-dns\.alpha\.kubernetes\.io\/(internal-)?hostname$/;

/**
 * No copy answers for a host of the original: each is called by a name below `<target>.invalid`, which no DNS resolves, and what would
 * answer for every host gets one.
 */
export function hosts(object: KubeObject, target: string): Edit {
  const edit: Edit = { patches: [], fields: [] };
  const calledThere = (host: string): string => `${host.trim().replace(/^\*\./, 'any.')}.${target}.invalid`;
  const change = (path: Path, from: unknown, to?: string): void => {
    if (typeof from !== 'string' || from === '') return;
    const other = to ?? calledThere(from);
    edit.patches.push({ op: 'replace', path: pointer(...path), value: other });
    edit.fields.push({ path: shown(path), from, to: other, why: 'the original answers for this host' });
  };
  const limit = (path: Path, list: boolean): void => {
    const to = `all.${target}.invalid`;
    edit.patches.push({ op: 'add', path: pointer(...path), value: list ? [to] : to });
    edit.fields.push({ path: shown(path), to: list ? [to] : to, why: 'it would answer for every host' });
  };
  const changeAll = (path: Path, values: unknown): void => {
    for (const [index, host] of (Array.isArray(values) ? (values as unknown[]) : []).entries()) change([...path, index], host);
  };

  for (const [key, value] of Object.entries(object.metadata.annotations ?? {}))
    if (dnsNames.test(key)) change(['metadata', 'annotations', key], value, value.split(',').map(calledThere).join(','));

  if (object.kind === 'Ingress') {
    for (const [index, rule] of listAt(object, 'spec', 'rules').entries()) {
      const host = at(rule, 'host');
      if (typeof host === 'string') change(['spec', 'rules', index, 'host'], host);
      else limit(['spec', 'rules', index, 'host'], false);
    }
    for (const [index, tls] of listAt(object, 'spec', 'tls').entries()) changeAll(['spec', 'tls', index, 'hosts'], at(tls, 'hosts'));
  }
  if (gatewayGroup.test(object.apiVersion) && routes.has(object.kind)) {
    const names = at(object, 'spec', 'hostnames');
    if (Array.isArray(names) && names.length > 0) changeAll(['spec', 'hostnames'], names);
    else limit(['spec', 'hostnames'], true);
  }
  if (gatewayGroup.test(object.apiVersion) && object.kind === 'Gateway') {
    for (const [index, listener] of listAt(object, 'spec', 'listeners').entries()) {
      const host = at(listener, 'hostname');
      if (typeof host === 'string' && host !== '') change(['spec', 'listeners', index, 'hostname'], host);
      // Only these know hosts; a listener of plain TCP has none.
      else if (['HTTP', 'HTTPS', 'TLS'].includes(String(at(listener, 'protocol')))) limit(['spec', 'listeners', index, 'hostname'], false);
    }
    const addresses = at(object, 'spec', 'addresses');
    if (addresses !== undefined) {
      edit.patches.push({ op: 'remove', path: '/spec/addresses' });
      edit.fields.push({ path: 'spec.addresses', from: addresses, why: 'the original answers there' });
    }
  }
  if (object.kind === 'DNSEndpoint' && object.apiVersion.startsWith('externaldns.k8s.io/'))
    for (const [index, endpoint] of listAt(object, 'spec', 'endpoints').entries())
      change(['spec', 'endpoints', index, 'dnsName'], at(endpoint, 'dnsName'));
  if (object.kind === 'Route' && object.apiVersion.startsWith('route.openshift.io/')) change(['spec', 'host'], at(object, 'spec', 'host'));
  return edit;
}

/** As people write it: `spec.rules[0].host`, `metadata.annotations[a/b]`. */
function shown(path: Path): string {
  return path.map((key, index) => (typeof key === 'number' || /[./]/.test(key) ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}
