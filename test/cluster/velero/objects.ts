import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

/** A namespace with two components, `web` and `db`, none of which runs anything. */
export function twoComponents(namespace: string, of: string, labels: Record<string, string>): KubeObject[] {
  const labelled = (app: string): Record<string, string> => ({ app, part: of });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { team: of, ...labels } } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace, labels: labelled('web') },
      data: { page: 'hello', size: '1' },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'db', namespace, labels: labelled('db') }, data: { page: 'none' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bare', namespace }, data: { page: 'bare' } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'pass', namespace, labels: labelled('db') },
      type: 'Opaque',
      data: { a: 'Yg==' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace, labels: labelled('web') },
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace, labels: labelled('web') },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'example/web:1' }] } },
      },
    },
  ];
}

/** One of each kind that the server treats in its own way. */
export function manyKinds(namespace: string): KubeObject[] {
  const meta = (name: string): KubeObject['metadata'] => ({ name, namespace, labels: { many: 'yes' } });
  const template = { metadata: { labels: { app: 'many' } }, spec: { containers: [{ name: 'main', image: 'example/many:1' }] } };
  const selector = { matchLabels: { app: 'many' } };
  const ports = [{ port: 80, protocol: 'TCP', targetPort: 8080 }];
  const access = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: meta('headless'), spec: { clusterIP: 'None', ports } },
    { apiVersion: 'v1', kind: 'Service', metadata: meta('inside'), spec: { ports } },
    {
      apiVersion: `${access}/v1`,
      kind: 'Role',
      metadata: meta('reader'),
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
    {
      apiVersion: `${access}/v1`,
      kind: 'RoleBinding',
      metadata: meta('reader'),
      roleRef: { apiGroup: access, kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: meta('set'),
      spec: { replicas: 0, serviceName: 'headless', selector, template },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: meta('job'),
      spec: { suspend: true, template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: meta('cron'),
      spec: {
        schedule: '0 0 1 1 *',
        suspend: true,
        jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: meta('front'),
      spec: { defaultBackend: { service: { name: 'inside', port: { number: 80 } } } },
    },
    { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: meta('budget'), spec: { minAvailable: 1, selector } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: meta('typed'),
      type: 'kubernetes.io/basic-auth',
      data: { username: 'YQ==', password: 'Yg==' },
    },
  ];
}
