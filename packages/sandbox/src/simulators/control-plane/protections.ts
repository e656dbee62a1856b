import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { listAt, textAt } from '../../api/json.ts';
import type { Cluster } from '../../api/cluster.ts';
import { release } from '../../api/writer.ts';
import type { Duty } from './duty.ts';

const claims = 'persistentvolumeclaims';
/** Finalizers that keep what is in use. */
const protections: Record<string, string> = {
  [claims]: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
};

/** A claim goes when no pod uses it any more, a volume when no claim does. */
export function protectionController(cluster: Cluster): Duty {
  const letGo = (resource: string, namespace: string | undefined, name: string): void => {
    const { store } = cluster;
    const object = store.get(resource, namespace, name);
    const finalizer = protections[resource]!;
    if (object?.metadata.deletionTimestamp === undefined || !object.metadata.finalizers?.includes(finalizer)) return;
    const used =
      resource === claims
        ? store.list('pods', namespace).some((pod) => textAt(pod, 'spec', 'nodeName') !== '' && claimsOf(pod).includes(name))
        : textAt(object, 'status', 'phase') === 'Bound';
    if (!used) release(cluster, resource, object, finalizer);
  };
  return ({ type, resource, object }, later) => {
    const { namespace, name, deletionTimestamp } = object.metadata;
    if (type === 'DELETED') {
      if (resource === 'pods') for (const claim of claimsOf(object)) later(() => letGo(claims, namespace, claim));
    } else if (deletionTimestamp !== undefined && protections[resource] !== undefined) later(() => letGo(resource, namespace, name));
  };
}

function claimsOf(pod: KubeObject): string[] {
  return listAt(pod, 'spec', 'volumes').map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName'));
}
