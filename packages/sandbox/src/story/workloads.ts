import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

/** One component of the story in one namespace. */
export interface Part {
  name: string;
  application: string;
  namespace: string;
  image: string;
  replicas?: number;
  /** Makes it a StatefulSet with a claim `data`. */
  storage?: string;
  /** Command that a backup runs in the pod first. */
  hook?: string;
  port?: number;
  gpus?: number;
  env?: Record<string, string>;
  /** Host of an Ingress. */
  host?: string;
  config?: Record<string, string>;
  secret?: Record<string, string>;
}

/** The objects that bring a component up, each with the labels that Backstage and `kubectl dr` know it by. */
export function objectsOf(part: Part): KubeObject[] {
  const { name, namespace, application, port, host, config, secret } = part;
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': application, 'backstage.io/kubernetes-id': name };
  const metadata = { name, namespace, labels };
  return [
    ...(config ? [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: config }] : []),
    ...(secret ? [{ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData: secret }] : []),
    workload(part, labels),
    ...(port === undefined
      ? []
      : [
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata,
            spec: { selector: { 'app.kubernetes.io/name': name }, ports: [{ name: 'main', port, targetPort: port }] },
          },
        ]),
    ...(host === undefined || port === undefined
      ? []
      : [
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'Ingress',
            metadata,
            spec: {
              rules: [
                { host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'main' } } } }] } },
              ],
            },
          },
        ]),
  ];
}

function workload(part: Part, labels: Record<string, string>): KubeObject {
  const { name, namespace, image, replicas = 1, storage, hook, port, gpus, env = {}, config, secret } = part;
  const variables = [
    ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
    ...Object.keys(secret ?? {}).map((key) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } })),
  ];
  const container = {
    name: 'main',
    image,
    ...(port !== undefined && { ports: [{ name: 'main', containerPort: port }] }),
    ...(variables.length > 0 && { env: variables }),
    ...(config && { envFrom: [{ configMapRef: { name } }] }),
    resources: { requests: { cpu: '250m', memory: '256Mi' }, ...(gpus !== undefined && { limits: { 'nvidia.com/gpu': String(gpus) } }) },
    ...(storage !== undefined && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
  };
  const annotations =
    hook === undefined
      ? {}
      : {
          annotations: {
            'pre.hook.backup.velero.io/container': 'main',
            'pre.hook.backup.velero.io/command': JSON.stringify(['/bin/sh', '-c', hook]),
          },
        };
  const spec = {
    replicas,
    selector: { matchLabels: { 'app.kubernetes.io/name': name } },
    template: { metadata: { labels, ...annotations }, spec: { containers: [container] } },
  };
  const metadata = { name, namespace, labels };
  if (storage === undefined) return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec };
  const claim = {
    metadata: { name: 'data', labels },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage } } },
  };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { ...spec, serviceName: name, volumeClaimTemplates: [claim] } };
}

/** `sharedWith`: the group whose application also lives here, and may bring it back. */
export function namespace(name: string, owner?: string, sharedWith?: string): KubeObject {
  const annotations = {
    ...(owner !== undefined && { 'kubectl-dr.dev/owner': `group:default/${owner}` }),
    ...(sharedWith !== undefined && { 'kubectl-dr.dev/shared-with': `group:default/${sharedWith}` }),
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(Object.keys(annotations).length > 0 && { annotations }) } };
}
