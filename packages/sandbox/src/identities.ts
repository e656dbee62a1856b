import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { Tokens } from './api/authentication.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Who may talk to the clusters, by the name of the kubeconfig's user. */
export const identities = {
  /** May do everything. */
  admin: { username: 'sandbox-admin', groups: ['system:masters'] },
  /** Sees everything but Secrets, changes nothing. */
  viewer: { username: 'sandbox-viewer', groups: ['sandbox:viewers'] },
  /** May do everything inside the namespace `shop`, and knows of nothing else. */
  developer: { username: 'sandbox-developer', groups: ['sandbox:developers'] },
} as const;

export type Identity = keyof typeof identities;

export function tokensOf(secrets: Record<Identity, string>): Tokens {
  return Object.fromEntries(
    Object.entries(identities).map(([name, user]) => [secrets[name as Identity], { username: user.username, groups: [...user.groups] }]),
  );
}

/** Roles that the identities need, for a cluster in which Velero is installed. */
export function accessRules(): KubeObject[] {
  const reads = ['get', 'list', 'watch'];
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'sandbox-viewer' },
      rules: [
        {
          apiGroups: ['velero.io', 'snapshot.storage.k8s.io', 'apiextensions.k8s.io', 'storage.k8s.io', rbac],
          resources: ['*'],
          verbs: reads,
        },
        { apiGroups: [''], resources: ['nodes', 'persistentvolumes'], verbs: reads },
      ],
    },
    ...['view', 'sandbox-viewer'].map((role) => binding('ClusterRoleBinding', `sandbox-viewers-${role}`, role, 'sandbox:viewers')),
  ];
}

/** Makes `developer` at home in a namespace. */
export function homeOfDeveloper(namespace: string): KubeObject {
  return binding('RoleBinding', 'sandbox-developers', 'admin', 'sandbox:developers', namespace);
}

function binding(kind: string, name: string, role: string, group: string, namespace?: string): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: rbac, kind: 'Group', name: group }],
  };
}
