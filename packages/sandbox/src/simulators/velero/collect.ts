import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import { isPattern } from '@kubectl-dr/core/text/glob';
import { listAt, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import { find } from '../find.ts';
import { claimNames } from '../volumes/volumes.ts';
import { excludeLabel, labelFilter, namespaceFilter, typeFilter } from './filters.ts';
import type { Report } from './report.ts';
import { claimAsKept } from './claim-as-kept.ts';

export interface Item {
  type: ResourceType;
  object: KubeObject;
}

/** Backed up first, in this order; then everything else. */
const first = ['pods', 'persistentvolumeclaims', 'persistentvolumes'];

const clusterRoles: ResourceType = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
};
const clusterRoleBindings: ResourceType = { ...clusterRoles, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding' };

/** Everything that a backup takes: what its filters admit, and what belongs to that. `spec` has the defaults of the server. */
export async function collect(cluster: ControlledCluster, spec: unknown, report: Report): Promise<Item[]> {
  const namespaces = namespaceFilter(spec);
  const wanted = typeFilter(spec);
  const labels = labelFilter(spec);
  const served = (await cluster.discover()).sort((a, b) => rank(a) - rank(b));
  const taken = new Map<string, Item>();
  const take = (type: ResourceType, object: KubeObject): boolean => {
    const key = `${resourceKey(type)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (taken.has(key)) return false;
    if (object.metadata.labels?.[excludeLabel] === 'true') {
      report.log(`Excluding item because it has label ${excludeLabel}=true (${type.kind} ${object.metadata.name})`);
      return false;
    }
    if (object.metadata.deletionTimestamp !== undefined) {
      report.log(`Skipping item because it's being deleted. (${type.kind} ${object.metadata.name})`);
      return false;
    }
    taken.set(key, { type, object });
    return true;
  };
  const inside = (name: string): boolean => namespaces.admits(name);
  const all = (await cluster.list(types.namespaces)).items;
  if (wanted.lists(types.namespaces)) {
    for (const name of namespaces.includes.filter(
      (included) => !isPattern(included) && !all.some((item) => item.metadata.name === included),
    ))
      report.error(
        ` resource: /namespaces message: /fail to get the namespace ${name} specified in backup.Spec.IncludedNamespaces`,
        'velero',
      );
  }

  const reached = new Set<string>();
  for (const type of served) {
    if ((type.resource === 'namespaces' && type.group === '') || !wanted.lists(type)) continue;
    for (const object of await listed(cluster, type, namespaces.listed)) {
      const { namespace = '' } = object.metadata;
      if ((type.namespaced && !inside(namespace)) || !labels.admits(object)) continue;
      reached.add(namespace);
      take(type, object);
    }
  }
  await takeRelated(cluster, taken, take, wanted.admits, inside, served);
  if (wanted.lists(types.namespaces)) {
    for (const namespace of all) {
      const { name } = namespace.metadata;
      // Labels choose among all namespaces, whatever the filter of names says.
      const chosen = labels.selects && labels.admits(namespace);
      const named = inside(name) && !(labels.selects && namespaces.everyOne);
      if (textAt(namespace, 'status', 'phase') === 'Terminating' ? reached.has(name) : chosen || named || reached.has(name))
        take(types.namespaces, namespace);
    }
  }
  return [...taken.values()].map((item) =>
    item.type.kind === 'PersistentVolumeClaim' ? { ...item, object: claimAsKept(item.object) } : item,
  );
}

function rank(type: ResourceType): number {
  const index = type.group === '' ? first.indexOf(type.resource) : -1;
  return index < 0 ? first.length : index;
}

async function listed(cluster: ControlledCluster, type: ResourceType, names: readonly string[] | undefined): Promise<KubeObject[]> {
  if (!type.namespaced || names === undefined) return (await cluster.list(type)).items;
  const found: KubeObject[] = [];
  for (const namespace of names) found.push(...(await cluster.list(type, { namespace })).items);
  return found;
}

/** What the backup item actions of the server add: no label is asked for, only type and namespace. */
async function takeRelated(
  cluster: ControlledCluster,
  taken: ReadonlyMap<string, Item>,
  take: (type: ResourceType, object: KubeObject) => boolean,
  wanted: (type: ResourceType) => boolean,
  inside: (namespace: string) => boolean,
  served: readonly ResourceType[],
): Promise<void> {
  const kinds = new Set<string>();
  for (const { type, object } of taken.values()) {
    kinds.add(resourceKey(type));
    const namespace = object.metadata.namespace ?? '';
    if (type.kind === 'Pod' && wanted(types.persistentVolumeClaims) && inside(namespace)) {
      for (const name of claimNames(object)) {
        const claim = await find(cluster, { type: types.persistentVolumeClaims, namespace, name });
        if (claim !== undefined) take(types.persistentVolumeClaims, claim);
      }
    }
  }
  if (wanted(types.persistentVolumes)) {
    for (const { type, object } of taken.values()) {
      const name = type.kind === 'PersistentVolumeClaim' ? textAt(object, 'spec', 'volumeName') : '';
      const volume = name === '' ? undefined : await find(cluster, { type: types.persistentVolumes, name });
      if (volume !== undefined) take(types.persistentVolumes, volume);
    }
  }
  if (wanted(clusterRoleBindings)) {
    const accounts = new Set(
      [...taken.values()]
        .filter(({ type }) => type.kind === 'ServiceAccount')
        .map(({ object }) => `${object.metadata.namespace}/${object.metadata.name}`),
    );
    for (const binding of accounts.size === 0 ? [] : (await cluster.list(clusterRoleBindings)).items) {
      const bound = listAt(binding, 'subjects').some(
        (subject) =>
          textAt(subject, 'kind') === 'ServiceAccount' && accounts.has(`${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`),
      );
      if (!bound || !take(clusterRoleBindings, binding)) continue;
      const role = await find(cluster, { type: clusterRoles, name: textAt(binding, 'roleRef', 'name') });
      if (role !== undefined) take(clusterRoles, role);
    }
  }
  if (wanted(types.customResourceDefinitions)) {
    const custom = new Set(served.map(resourceKey).filter((key) => kinds.has(key)));
    for (const name of custom) {
      if (!name.includes('.')) continue;
      const definition = await find(cluster, { type: types.customResourceDefinitions, name });
      if (definition !== undefined) take(types.customResourceDefinitions, definition);
    }
  }
}
