import type { KubeObject, ObjectMeta } from '@kubectl-dr/core/ports/kubernetes';
import type { Part } from './book.ts';

/** The objects that bring a component up, each with the labels that Backstage and `kubectl dr` know it by. */
export function objectsOf(part: Part, namespace: string): KubeObject[] {
  const { name, application, port, host, config, secret } = part;
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': application, 'backstage.io/kubernetes-id': name };
  const metadata = { name, namespace, labels };
  const service = { selector: { 'app.kubernetes.io/name': name }, ports: [{ name: 'main', port, targetPort: port }] };
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'main' } } } }];
  return [
    ...(config ? [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: config }] : []),
    ...(secret ? [{ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', stringData: secret }] : []),
    workload(part, metadata),
    ...(port === undefined ? [] : [{ apiVersion: 'v1', kind: 'Service', metadata, spec: service }]),
    ...(host === undefined
      ? []
      : [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { rules: [{ host, http: { paths } }] } }]),
  ];
}

function workload(part: Part, metadata: ObjectMeta): KubeObject {
  const { labels } = metadata;
  const { name, image, replicas = 1, storage, hook, port, gpus, env = {}, config, secret } = part;
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
  const hooks = hook !== undefined && {
    annotations: {
      'pre.hook.backup.velero.io/container': 'main',
      'pre.hook.backup.velero.io/command': JSON.stringify(['/bin/sh', '-c', hook]),
    },
  };
  const spec = {
    replicas,
    selector: { matchLabels: { 'app.kubernetes.io/name': name } },
    template: { metadata: { labels, ...hooks }, spec: { containers: [container] } },
  };
  if (storage === undefined) return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec };
  const claim = {
    metadata: { name: 'data', labels },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage } } },
  };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { ...spec, serviceName: name, volumeClaimTemplates: [claim] } };
}
