import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { at, equal, listAt, numberAt, recordAt, textAt, withPath } from '../../api/json.ts';
import { timestamp } from '../../api/writer.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { owned, ownerKeys, ownerReference, shortHash } from './owners.ts';
import { replicasOf, writeStatus } from './replica-sets.ts';

const type = types.deployments;
const hashLabel = 'pod-template-hash';
const revision = 'deployment.kubernetes.io/revision';

/** Deployments by way of ReplicaSets: the new one first, the old ones when it is ready. */
export function deploymentController(cluster: ControlledCluster, clock: Clock): Controller {
  return {
    name: 'deployments',
    watches: [own(type), { type: types.replicaSets, keys: ownerKeys(type) }],
    async reconcile({ namespace, name }) {
      const ref: ObjectRef = { type, namespace: namespace!, name };
      const deployment = await find(cluster, ref);
      if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
      const sets = await owned(cluster, deployment, types.replicaSets);
      let current = sets.find((set) => sameTemplate(set, deployment));
      current ??= await cluster.create(types.replicaSets, replicaSetFor(deployment, sets));
      const number = current.metadata.annotations?.[revision] ?? '1';
      if (deployment.metadata.annotations?.[revision] !== number)
        await cluster.patch(ref, 'merge', { metadata: { annotations: { [revision]: number } } });
      const wanted = replicasOf(deployment);
      if (replicasOf(current) !== wanted) current = await scale(cluster, current, wanted);
      const ready = numberAt(current, 'status', 'readyReplicas');
      const old = sets.filter((set) => set.metadata.uid !== current.metadata.uid);
      if (ready >= wanted) for (const set of old) if (replicasOf(set) > 0) await scale(cluster, set, 0);
      const total = (field: string): number => [current, ...old].reduce((sum, set) => sum + numberAt(set, 'status', field), 0);
      const available = total('readyReplicas');
      await writeStatus(cluster, ref, deployment, {
        replicas: total('replicas'),
        updatedReplicas: numberAt(current, 'status', 'replicas'),
        readyReplicas: available,
        availableReplicas: available,
        unavailableReplicas: Math.max(0, wanted - available),
        conditions: conditionsOf(deployment, available >= wanted, current.metadata.name, timestamp(clock)),
      });
    },
  };
}

function sameTemplate(set: KubeObject, deployment: KubeObject): boolean {
  const template = recordAt(set, 'spec', 'template');
  return equal(withPath(template, ['metadata', 'labels', hashLabel], undefined), recordAt(deployment, 'spec', 'template'));
}

function replicaSetFor(deployment: KubeObject, others: KubeObject[]): KubeObject {
  const { namespace, name } = deployment.metadata;
  const template = recordAt(deployment, 'spec', 'template');
  const hash = shortHash(template);
  const labels = { ...(recordAt(template, 'metadata', 'labels') as Record<string, string>), [hashLabel]: hash };
  const last = Math.max(0, ...others.map((set) => Number(set.metadata.annotations?.[revision] ?? 0)));
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace: namespace!,
      labels,
      annotations: { [revision]: String(last + 1) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: replicasOf(deployment),
      selector: withPath(recordAt(deployment, 'spec', 'selector'), ['matchLabels', hashLabel], hash),
      template: withPath(template, ['metadata', 'labels', hashLabel], hash),
    },
  };
}

function scale(cluster: ControlledCluster, { metadata: { namespace, name } }: KubeObject, replicas: number): Promise<KubeObject> {
  return cluster.patch({ type: types.replicaSets, namespace: namespace!, name }, 'merge', { spec: { replicas } });
}

function conditionsOf(deployment: KubeObject, available: boolean, set: string, now: string): Record<string, unknown>[] {
  const condition = (kind: string, status: string, reason: string, message: string): Record<string, unknown> => {
    const known = listAt(deployment, 'status', 'conditions').find((item) => textAt(item, 'type') === kind);
    const since = textAt(known, 'status') === status ? at(known, 'lastTransitionTime') : now;
    return { type: kind, status, reason, message, lastTransitionTime: since, lastUpdateTime: since };
  };
  return [
    available
      ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
      : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'),
    available
      ? condition('Progressing', 'True', 'NewReplicaSetAvailable', `ReplicaSet "${set}" has successfully progressed.`)
      : condition('Progressing', 'True', 'ReplicaSetUpdated', `ReplicaSet "${set}" is progressing.`),
  ];
}
