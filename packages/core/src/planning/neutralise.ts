import type { Rewrite } from '../ports/engine.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import type { Change } from './model.ts';
import { type Edit, hosts, pointer } from './neutralise-hosts.ts';

type Field = NonNullable<Change['fields']>[number];
type Patch = Rewrite['patches'][number];

const gitOps = [
  /^argocd\.argoproj\.io\//,
  /^kustomize\.toolkit\.fluxcd\.io\//,
  /^helm\.toolkit\.fluxcd\.io\//,
  /^app\.kubernetes\.io\/instance$/,
];

/**
 * What has to change in a copy so that it cannot act in the world: it may not answer for the original's host names, take
 * its ports, run its cron jobs or be pruned by the original's GitOps controller. One rewrite per object that needs one,
 * and the same as field changes for people.
 */
export function neutralise(object: KubeObject, source: string, target: string): { rewrite: Rewrite; fields: Field[] } | undefined {
  const edits = [tracking(object), cronJob(object), service(object), hosts(object, target)];
  const patches = edits.flatMap((edit) => edit.patches);
  if (patches.length === 0) return undefined;
  return {
    rewrite: { resource: groupResource(object), namespace: source, name: object.metadata.name, patches },
    fields: edits.flatMap((edit) => edit.fields),
  };
}

const none: Edit = { patches: [], fields: [] };

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function tracking(object: KubeObject): Edit {
  const patches: Patch[] = [];
  const fields: Field[] = [];
  for (const part of ['labels', 'annotations'] as const) {
    for (const [key, value] of Object.entries(object.metadata[part] ?? {})) {
      // The instance label is Argo CD's tracking label only where Argo CD put it together with its own annotation.
      const isInstance = key === 'app.kubernetes.io/instance';
      if (
        !gitOps.some((pattern) => pattern.test(key)) ||
        (isInstance && object.metadata.annotations?.['argocd.argoproj.io/tracking-id'] === undefined)
      )
        continue;
      patches.push({ op: 'remove', path: pointer('metadata', part, key) });
      fields.push({ path: `metadata.${part}[${key}]`, from: value, why: 'a GitOps controller would adopt or prune the copy' });
    }
  }
  return { patches, fields };
}

function cronJob(object: KubeObject): Edit {
  if (object.kind !== 'CronJob') return none;
  const from = record(object.spec).suspend;
  if (from === true) return none;
  return {
    patches: [{ op: 'add', path: '/spec/suspend', value: true }],
    fields: [{ path: 'spec.suspend', from: from ?? false, to: true, why: 'its jobs would run twice' }],
  };
}

function service(object: KubeObject): Edit {
  const spec = record(object.spec);
  if (object.kind !== 'Service' || object.apiVersion !== 'v1') return none;
  const patches: Patch[] = [];
  const fields: Field[] = [];
  const remove = (field: string, why: string): void => {
    if (spec[field] === undefined) return;
    patches.push({ op: 'remove', path: pointer('spec', field) });
    fields.push({ path: `spec.${field}`, from: spec[field], why });
  };
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    patches.push({ op: 'replace', path: '/spec/type', value: 'ClusterIP' });
    fields.push({ path: 'spec.type', from: spec.type, to: 'ClusterIP', why: 'a copy is not reachable from outside' });
    for (const field of [
      'externalTrafficPolicy',
      'healthCheckNodePort',
      'loadBalancerIP',
      'loadBalancerClass',
      'loadBalancerSourceRanges',
      'allocateLoadBalancerNodePorts',
    ]) {
      remove(field, 'belongs to the outside address');
    }
    for (const [index, port] of list(spec.ports).entries()) {
      if (port.nodePort === undefined) continue;
      patches.push({ op: 'remove', path: pointer('spec', 'ports', index, 'nodePort') });
      fields.push({ path: `spec.ports[${index}].nodePort`, from: port.nodePort, why: 'the original holds this port' });
    }
  }
  remove('externalIPs', 'the original answers there');
  return { patches, fields };
}

const plurals: Record<string, string> = { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies', Endpoints: 'endpoints' };

/** `services`, `ingresses.networking.k8s.io`, by the rules of English that Kubernetes' own types follow. */
export function groupResource(object: KubeObject): string {
  const slash = object.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : object.apiVersion.slice(0, slash);
  const kind = object.kind.toLowerCase();
  const plural =
    plurals[object.kind] ?? (/(s|x|ch|sh)$/.test(kind) ? `${kind}es` : /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`);
  return group === '' ? plural : `${plural}.${group}`;
}

/** Whether text outside Secrets calls services by the old namespace: `db.shop`, `db.shop.svc...`. */
export function namesNamespace(object: KubeObject, namespace: string): boolean {
  if (object.kind === 'Secret') return false;
  const escaped = namespace.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(String.raw`[a-z0-9]\.${escaped}(\.svc\b|[:/"\\\s,]|$)`);
  return pattern.test(JSON.stringify([object.data, object.spec]));
}
