import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, listAt, numberAt, recordAt, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { isReady, owned, ownerKeys, removePod, shortHash } from './owners.ts';
import { podFor, replicasOf, writeStatus } from './replica-sets.ts';

const type = types.statefulSets;

/** Pods with names that stay, one after the other, each with its own claims. Claims outlive pods and the set itself. */
export function statefulSetController(cluster: ControlledCluster): Controller {
  return {
    name: 'statefulsets',
    watches: [own(type), { type: types.pods, keys: ownerKeys(type) }],
    async reconcile({ namespace, name }) {
      const ref: ObjectRef = { type, namespace: namespace!, name };
      const set = await find(cluster, ref);
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
      const revision = `${name}-${shortHash(recordAt(set, 'spec', 'template'))}`;
      const start = numberAt(set, 'spec', 'ordinals', 'start');
      const wanted = Array.from({ length: replicasOf(set) }, (_, index) => `${name}-${start + index}`);
      const pods = new Map((await owned(cluster, set, types.pods)).map((pod) => [pod.metadata.name, pod]));
      for (const [podName, pod] of pods) {
        if (wanted.includes(podName)) continue;
        await removePod(cluster, pod);
        pods.delete(podName);
      }
      const inParallel = textAt(set, 'spec', 'podManagementPolicy') === 'Parallel';
      for (const [index, podName] of wanted.entries()) {
        let pod = pods.get(podName);
        if (pod === undefined) {
          await makeClaims(cluster, set, podName);
          const labels = {
            'apps.kubernetes.io/pod-index': String(start + index),
            'controller-revision-hash': revision,
            'statefulset.kubernetes.io/pod-name': podName,
          };
          pod = await cluster.create(types.pods, withClaims(set, podFor(set, { name: podName, labels })));
          pods.set(podName, pod);
        }
        if (!inParallel && !isReady(pod)) break;
      }
      const ready = [...pods.values()].filter(isReady);
      // A changed template replaces one pod at a time, the last one first.
      const outdated = [...pods.values()]
        .filter((pod) => (pod.metadata.labels?.['controller-revision-hash'] ?? revision) !== revision)
        .at(-1);
      if (outdated !== undefined && ready.length === wanted.length) await removePod(cluster, outdated);
      await writeStatus(cluster, ref, set, {
        replicas: pods.size,
        readyReplicas: ready.length,
        availableReplicas: ready.length,
        currentReplicas: pods.size,
        updatedReplicas: pods.size,
        currentRevision: revision,
        updateRevision: revision,
        collisionCount: 0,
      });
    },
  };
}

function templates(set: KubeObject): Record<string, unknown>[] {
  return listAt(set, 'spec', 'volumeClaimTemplates').filter(isRecord);
}

async function makeClaims(cluster: ControlledCluster, set: KubeObject, podName: string): Promise<void> {
  for (const template of templates(set)) {
    const name = `${textAt(template, 'metadata', 'name')}-${podName}`;
    const namespace = set.metadata.namespace!;
    if ((await find(cluster, { type: types.persistentVolumeClaims, namespace, name })) !== undefined) continue;
    const labels = { ...recordAt(template, 'metadata', 'labels'), ...recordAt(set, 'spec', 'selector', 'matchLabels') } as Record<
      string,
      string
    >;
    const annotations = recordAt(template, 'metadata', 'annotations') as Record<string, string>;
    await cluster.create(types.persistentVolumeClaims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
      spec: recordAt(template, 'spec'),
    });
  }
}

function withClaims(set: KubeObject, pod: KubeObject): KubeObject {
  const own = templates(set).map((template) => {
    const name = textAt(template, 'metadata', 'name');
    return { name, persistentVolumeClaim: { claimName: `${name}-${pod.metadata.name}` } };
  });
  const names = new Set(own.map(({ name }) => name));
  const others = listAt(pod, 'spec', 'volumes').filter((volume) => !names.has(textAt(volume, 'name')));
  return { ...pod, spec: { ...recordAt(pod, 'spec'), hostname: pod.metadata.name, volumes: [...own, ...others] } };
}
