import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { builtIn } from './builtin.ts';

interface Seed {
  object: KubeObject;
  namespace?: string;
}

const rbac = 'rbac.authorization.k8s.io/v1';
const bootstrap = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const reads = ['get', 'list', 'watch'];
const writes = ['create', 'delete', 'deletecollection', 'patch', 'update'];

function clusterRole(name: string, rules: unknown[], extra: Record<string, unknown> = {}): Seed {
  return { object: { apiVersion: rbac, kind: 'ClusterRole', metadata: { name, labels: bootstrap }, rules, ...extra } };
}

function bound(name: string, ...groups: string[]): Seed {
  return {
    object: {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: bootstrap },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: groups.map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
    },
  };
}

/** One rule per API group over the namespaced built-in types. */
function namespaced(verbs: string[], except: string[]): unknown[] {
  const groups = new Map<string, string[]>();
  for (const { group, resource, namespaced: inNamespace, verbs: served } of builtIn) {
    if (!inNamespace || !served.includes('list') || except.includes(resource)) continue;
    groups.set(group, [...(groups.get(group) ?? []), resource]);
  }
  return [...groups].map(([group, resources]) => ({ apiGroups: [group], resources, verbs }));
}

function aggregate(to: string): Record<string, unknown> {
  return { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true' } }] } };
}

/** What a new cluster contains before anybody wrote to it. */
export function seeds(): Seed[] {
  const access = ['roles', 'rolebindings'];
  const quota = ['resourcequotas', 'limitranges'];
  const seeThrough = namespaced(reads, [...access, 'secrets']);
  const namespaceRead = { apiGroups: [''], resources: ['namespaces'], verbs: reads };
  return [
    ...['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name): Seed => ({
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    })),
    clusterRole('cluster-admin', [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ]),
    bound('cluster-admin', 'system:masters'),
    clusterRole('system:discovery', [
      {
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/readyz',
          '/openapi',
          '/openapi/*',
          '/version',
          '/version/',
        ],
        verbs: ['get'],
      },
    ]),
    bound('system:discovery', 'system:authenticated'),
    clusterRole('system:public-info-viewer', [
      { nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] },
    ]),
    bound('system:public-info-viewer', 'system:authenticated', 'system:unauthenticated'),
    clusterRole('system:basic-user', [
      { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], verbs: ['create'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ]),
    bound('system:basic-user', 'system:authenticated'),
    clusterRole('view', [...seeThrough, namespaceRead], aggregate('view')),
    clusterRole(
      'edit',
      [
        ...seeThrough,
        namespaceRead,
        { apiGroups: [''], resources: ['secrets'], verbs: reads },
        ...namespaced(writes, [...access, ...quota]),
      ],
      aggregate('edit'),
    ),
    clusterRole('admin', [...namespaced([...reads, ...writes], quota), ...namespaced(reads, []), namespaceRead], aggregate('admin')),
    {
      namespace: 'default',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
        spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
      },
    },
  ];
}
