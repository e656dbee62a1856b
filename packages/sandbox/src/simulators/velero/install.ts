import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

export interface LocationPlan {
  name: string;
  bucket: string;
  prefix?: string;
  isDefault?: boolean;
  readOnly?: boolean;
}

/** What `velero install` puts into a cluster, without its definitions. */
export function veleroInstallation(version: string, locations: readonly LocationPlan[]): KubeObject[] {
  const labels = { component: 'velero' };
  const container = { name: 'velero', image: `velero/velero:${version}`, command: ['/velero', 'server'] };
  const template = (name: string, spec: Record<string, unknown>): Record<string, unknown> => ({
    metadata: { labels: { ...labels, name } },
    spec,
  });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'velero', labels } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'velero', namespace: 'velero', labels } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'velero', labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'velero', namespace: 'velero' }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'velero', namespace: 'velero', labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: { name: 'velero' } },
        template: template('velero', { serviceAccountName: 'velero', containers: [container] }),
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'node-agent', namespace: 'velero', labels },
      spec: {
        selector: { matchLabels: { name: 'node-agent' } },
        template: template('node-agent', { containers: [{ ...container, name: 'node-agent' }] }),
      },
    },
    ...locations.map(location),
  ];
}

export function location({ name, bucket, prefix, isDefault, readOnly }: LocationPlan): KubeObject {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: { name, namespace: 'velero', labels: { component: 'velero' } },
    spec: {
      provider: 'aws',
      objectStorage: { bucket, ...(prefix !== undefined && { prefix }) },
      config: { region: 'sandbox' },
      ...(isDefault && { default: true }),
      ...(readOnly && { accessMode: 'ReadOnly' }),
    },
  };
}
