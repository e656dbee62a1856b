import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { MemoryCluster } from '@kubectl-dr/core/testing/memory-cluster';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';

/** A cluster in memory in which controllers make things happen. */
export class ControlledMemoryCluster extends MemoryCluster implements ControlledCluster {
  patchStatus(ref: ObjectRef, status: Record<string, unknown>): Promise<KubeObject> {
    return this.patch(ref, 'merge', { status });
  }

  async bind(ref: ObjectRef, node: string): Promise<void> {
    await this.patch(ref, 'merge', { spec: { nodeName: node } });
  }
}

/** What the engine looks for besides the types that core knows by name. */
export const accessTypes: readonly ResourceType[] = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((kind) => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: `${kind.toLowerCase()}s`,
  kind,
  namespaced: !kind.startsWith('Cluster'),
}));

/** What a CustomResourceDefinition makes a server serve. */
export function typesOf({ spec }: KubeObject): ResourceType[] {
  const { group, names, scope, versions } = spec as {
    group: string;
    names: { plural: string; kind: string };
    scope: string;
    versions: { name: string; served: boolean }[];
  };
  const served = versions.filter((version) => version.served);
  return served
    .slice(0, 1)
    .map(({ name }) => ({ group, version: name, resource: names.plural, kind: names.kind, namespaced: scope === 'Namespaced' }));
}
