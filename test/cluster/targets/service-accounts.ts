import { readFileSync } from 'node:fs';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import type { Traced } from '@kubectl-dr/kubernetes/http/trace';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { parseAllDocuments } from 'yaml';

const directory = new URL('../../../plugins/dr-backend/rbac/', import.meta.url);
const rbac = (resource: string, kind: string, namespaced: boolean): ResourceType => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource,
  kind,
  namespaced,
});
const known: Record<string, ResourceType> = {
  Namespace: types.namespaces,
  ServiceAccount: types.serviceAccounts,
  Role: types.roles,
  RoleBinding: types.roleBindings,
  ClusterRole: rbac('clusterroles', 'ClusterRole', false),
  ClusterRoleBinding: rbac('clusterrolebindings', 'ClusterRoleBinding', false),
};

/** The objects of a manifest that the backend plugin ships. */
export function manifest(name: 'reader' | 'operator' | 'policies' | 'drills' | 'moves' | 'movers' | 'fences' | 'authority'): KubeObject[] {
  return parseAllDocuments(readFileSync(new URL(`${name}.yaml`, directory), 'utf8')).map((document) => document.toJS() as KubeObject);
}

/** As `kubectl apply -f` would; what is there of an earlier file is made the same. */
export async function applyManifest(cluster: ClusterClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    await cluster.patch({ type: known[object.kind]!, name, ...(namespace !== undefined && { namespace }) }, 'apply', object);
  }
}

/** Takes away what `applyManifest` made outside namespaces; those go with what they hold. */
export async function removeManifest(cluster: ClusterClient, objects: readonly KubeObject[]): Promise<void> {
  for (const { kind, metadata } of objects)
    if (kind.startsWith('ClusterRole')) await cluster.delete({ type: known[kind]!, name: metadata.name }).catch(() => undefined);
}

/** The cluster as a service account sees it, by a token that the server gives out for it. */
export async function asServiceAccount(
  cluster: { name: string; client: ClusterClient; kubeconfig?: string },
  account: string,
  trace: (traced: Traced) => void,
): Promise<HttpCluster> {
  const type: ResourceType = {
    group: '',
    version: 'v1',
    resource: `serviceaccounts/${account}/token`,
    kind: 'TokenRequest',
    namespaced: true,
  };
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: account, namespace: 'kubectl-dr' },
    spec: {},
  };
  const { token } = (await cluster.client.create(type, request)).status as { token: string };
  const file = await loadKubeConfig({ file: cluster.kubeconfig!, env: {} });
  return new HttpCluster({ name: cluster.name, config: resolveContext(file, { token }), trace });
}

export interface Right {
  verb: string;
  /** `deployments.apps`; `pods/exec`. */
  what: string;
  /** Absent: at the cluster scope, or in all namespaces. */
  namespace?: string;
}

/** The right that a request needs, as RBAC names it; undefined for what everybody may, discovery and access reviews. */
export function rightOf({ method, url }: Pick<Traced, 'method' | 'url'>): Right | undefined {
  const { pathname, searchParams } = new URL(url);
  const found =
    /\/(?:api|apis\/(?<group>[^/]+))\/v[0-9a-z]+\/(?:namespaces\/(?<namespace>[^/]+)\/(?=.))?(?<resource>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<sub>[^/]+))?$/.exec(
      pathname,
    )?.groups;
  if (!found || found.group === 'authorization.k8s.io') return undefined;
  const { group, namespace, resource, name, sub } = found;
  const reading = searchParams.has('watch') ? 'watch' : name === undefined ? 'list' : 'get';
  const verb = { GET: reading, POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method]!;
  const what = `${resource}${sub === undefined ? '' : `/${sub}`}${group === undefined ? '' : `.${group}`}`;
  return { verb, what, ...(namespace !== undefined && { namespace }) };
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

interface Grant {
  /** Which role, where. */
  by: string;
  namespace?: string;
  verbs: string[];
  resources: string[];
}

/** What manifests give: the rules of each role, those with the same verbs together. Roles that are made of others are these others. */
export function granted(objects: readonly KubeObject[]): Grant[] {
  const grants = new Map<string, Grant>();
  for (const { kind, metadata, rules } of objects.filter((object) => object.kind.endsWith('Role'))) {
    const { name, namespace } = metadata;
    const by = `${kind} ${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
    for (const { apiGroups, resources, verbs } of rules as Rule[]) {
      const key = `${by}: ${verbs.join()}`;
      const grant = grants.get(key) ?? { by, ...(namespace !== undefined && { namespace }), verbs, resources: [] };
      for (const group of apiGroups)
        grant.resources.push(...resources.map((resource) => (group === '' ? resource : `${resource}.${group}`)));
      grants.set(key, grant);
    }
  }
  return [...grants.values()];
}
