import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { at, numberAt, recordAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { bySurvival, isReady, owned, ownerKeys, ownerReference, removePod } from './owners.ts';

const type = types.replicaSets;

export function replicaSetController(cluster: ControlledCluster): Controller {
  return {
    name: 'replicasets',
    watches: [own(type), { type: types.pods, keys: ownerKeys(type) }],
    async reconcile({ namespace, name }) {
      const ref: ObjectRef = { type, namespace: namespace!, name };
      const set = await find(cluster, ref);
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
      const pods = (await owned(cluster, set, types.pods)).sort(bySurvival);
      const wanted = replicasOf(set);
      for (const pod of pods.splice(wanted)) await removePod(cluster, pod);
      while (pods.length < wanted) pods.push(await cluster.create(types.pods, podFor(set, { generateName: `${name}-` })));
      await writeStatus(cluster, ref, set, {
        replicas: pods.length,
        fullyLabeledReplicas: pods.length,
        readyReplicas: pods.filter(isReady).length,
        availableReplicas: pods.filter(isReady).length,
      });
    },
  };
}

export function replicasOf(object: KubeObject): number {
  const replicas = at(object, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

/** A pod by the owner's template. */
export function podFor(owner: KubeObject, metadata: { name?: string; generateName?: string; labels?: Record<string, string> }): KubeObject {
  const template = recordAt(owner, 'spec', 'template');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(metadata as { name: string }),
      namespace: owner.metadata.namespace!,
      labels: { ...(recordAt(template, 'metadata', 'labels') as Record<string, string>), ...metadata.labels },
      annotations: recordAt(template, 'metadata', 'annotations') as Record<string, string>,
      ownerReferences: [ownerReference(owner)],
    },
    spec: recordAt(template, 'spec'),
  };
}

/** Writes a status when it says something new. */
export async function writeStatus(
  cluster: ControlledCluster,
  ref: ObjectRef,
  object: KubeObject,
  status: Record<string, unknown>,
): Promise<void> {
  const whole: Record<string, unknown> = { observedGeneration: numberAt(object, 'metadata', 'generation') || 1, ...status };
  const current = recordAt(object, 'status');
  const changed = Object.entries(whole).some(([field, value]) => JSON.stringify(current[field]) !== JSON.stringify(value));
  if (changed) await cluster.patchStatus(ref, whole);
}
