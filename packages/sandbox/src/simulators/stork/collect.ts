import { notes } from '@kubectl-dr/core/engines/stork/kinds';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { recordAt, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import { find } from '../find.ts';

/** `GetSupportedK8SResources` of `resourcecollector.go`, without what belongs to the cluster. */
const collected = new Set([
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'ConfigMap',
  'Service',
  'Secret',
  'DaemonSet',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'Ingress',
  'CronJob',
  'ResourceQuota',
  'ReplicaSet',
  'LimitRange',
  'NetworkPolicy',
  'PodDisruptionBudget',
]);

const own = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt']);

export interface Item {
  type: ResourceType;
  object: KubeObject;
}

/** What Stork takes of namespaces: no pods, nothing that is owned by something else, nothing that every namespace has by itself. */
export async function collect(
  cluster: ControlledCluster,
  namespaces: readonly string[],
  selectors: Record<string, unknown>,
): Promise<Item[]> {
  const served = (await cluster.discover()).filter(
    ({ kind, namespaced, group }) => namespaced && collected.has(kind) && group !== 'extensions',
  );
  const items: Item[] = [];
  for (const namespace of namespaces) {
    for (const type of served) {
      for (const object of (await cluster.list(type, { namespace })).items) {
        if (isLeft(object, selectors)) continue;
        items.push({ type, object: { ...object, kind: type.kind } });
        const volume = type.kind === 'PersistentVolumeClaim' ? textAt(object, 'spec', 'volumeName') : '';
        const found = volume === '' ? undefined : await find(cluster, { type: types.persistentVolumes, name: volume });
        if (found) items.push({ type: types.persistentVolumes, object: { ...found, kind: 'PersistentVolume' } });
      }
    }
  }
  return items;
}

function isLeft({ kind, metadata }: KubeObject, selectors: Record<string, unknown>): boolean {
  if (metadata.deletionTimestamp !== undefined) return true;
  if (metadata.annotations?.[notes.skip] === 'true') return true;
  if ((metadata.ownerReferences ?? []).some(({ controller }) => controller)) return true;
  if ((kind === 'ServiceAccount' && metadata.name === 'default') || own.has(metadata.name)) return true;
  return !Object.entries(selectors).every(([key, value]) => metadata.labels?.[key] === value);
}

/** As Stork keeps it: of the metadata name, namespace, labels and annotations; no status; services without their address. */
export function kept(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object;
  const { name, namespace, labels, annotations } = object.metadata;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  const base = { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata };
  if (object.kind !== 'Service' || textAt(object, 'spec', 'clusterIP') === 'None') return base;
  const { clusterIP: __, clusterIPs: ___, ...spec } = recordAt(object, 'spec');
  return { ...base, spec };
}
