import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { recordAt, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller, Key } from '../controller.ts';
import { keyOf, own } from '../controller.ts';
import { find } from '../find.ts';
import { isReady, owned, ownerKeys, removePod } from './owners.ts';
import { podFor, writeStatus } from './replica-sets.ts';

const type = types.daemonSets;
/** A key that stands for all of them: what changed is a node. */
const everySet = '*';

/** One pod on every node that the template selects. */
export function daemonSetController(cluster: ControlledCluster): Controller {
  return {
    name: 'daemonsets',
    watches: [own(type), { type: types.pods, keys: ownerKeys(type) }, { type: types.nodes, keys: () => [{ name: everySet }] }],
    async reconcile(key) {
      if (key.name !== everySet) return reconcileSet(cluster, key);
      for (const set of (await cluster.list(type)).items) await reconcileSet(cluster, keyOf(set));
    },
  };
}

async function reconcileSet(cluster: ControlledCluster, { namespace, name }: Key): Promise<void> {
  const ref: ObjectRef = { type, namespace: namespace!, name };
  const set = await find(cluster, ref);
  if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
  const selector = Object.entries(recordAt(set, 'spec', 'template', 'spec', 'nodeSelector'));
  const nodes = (await cluster.list(types.nodes)).items.filter(({ metadata }) =>
    selector.every(([key, value]) => metadata.labels?.[key] === value),
  );
  const free = new Set(nodes.map((node) => node.metadata.name));
  const pods = [];
  for (const pod of await owned(cluster, set, types.pods)) {
    const node = textAt(pod, 'spec', 'nodeName') || [...free][0] || '';
    if (free.delete(node)) pods.push(pod);
    else await removePod(cluster, pod);
  }
  for (const node of free) {
    const pod = podFor(set, { generateName: `${name}-` });
    pods.push(await cluster.create(types.pods, { ...pod, spec: { ...recordAt(pod, 'spec'), nodeName: node } }));
  }
  const ready = pods.filter(isReady).length;
  await writeStatus(cluster, ref, set, {
    currentNumberScheduled: pods.length,
    desiredNumberScheduled: nodes.length,
    updatedNumberScheduled: pods.length,
    numberMisscheduled: 0,
    numberReady: ready,
    numberAvailable: ready,
    numberUnavailable: nodes.length - ready,
  });
}
