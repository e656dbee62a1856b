import { at, isRaw, listAt, textAt, textsAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { quantity } from '../quantity.ts';
import { isOfClass } from './device-classes.ts';
import type { Rule } from './input.ts';
import { scheduledAs } from './runtime-class.ts';
import { wantsPods } from './storage.ts';

const running = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** Is there a node for each workload: labels it selects, taints it tolerates, devices it asks for? */
export const nodesForPods: Rule = ({ facts, cluster, namespace, incoming, componentOf }) => {
  const nodes = facts.nodes?.filter((node) => at(node, 'spec', 'unschedulable') !== true);
  // A list of no nodes is a cluster whose nodes come and go, or one that shows none.
  if (!nodes || nodes.length === 0) return [];
  return incoming
    .filter((object) => running.has(object.kind) && wantsPods(object))
    .flatMap((object): Reason[] => {
      const spec = scheduledAs(object, facts);
      const component = componentOf(object);
      const selected = nodes.filter((node) => selects(spec, node));
      const about = {
        severity: 'blocker' as const,
        cluster,
        ...(component !== undefined && { component }),
        evidence: [`${object.kind} ${namespace}/${object.metadata.name}`],
      };
      if (selected.length === 0)
        return [
          {
            ...about,
            code: 'NO_NODE_SELECTED' as const,
            message: `no node of ${cluster} has the labels that ${object.kind} ${object.metadata.name} selects: ${selectorText(spec)}`,
            fix: `label a node: kubectl --context ${cluster} get nodes --show-labels`,
          },
        ];
      const tolerated = selected.filter((node) => untolerated(spec, node) === undefined);
      if (tolerated.length === 0)
        return [
          {
            ...about,
            code: 'NO_NODE_TOLERATED' as const,
            message: `every node that ${object.kind} ${object.metadata.name} could run on has a taint that it does not tolerate: ${untolerated(spec, selected[0]!)}`,
            fix: `kubectl --context ${cluster} describe nodes | grep Taints`,
          },
        ];
      const missing = devices(spec).filter(
        ([name, count]) => !isOfClass(name, facts) && !tolerated.some((node) => quantity(at(node, 'status', 'allocatable', name)) >= count),
      );
      return missing.map(([name, count]) => ({
        ...about,
        code: 'NO_DEVICE' as const,
        message: `no node of ${cluster} offers ${count} ${name}, which ${object.kind} ${object.metadata.name} asks for${othersLike(name, tolerated)}`,
        fix: `add such a node: kubectl --context ${cluster} describe nodes`,
      }));
    });
};

/** What the nodes have of the same maker: of a GPU other slices (`nvidia.com/mig-2g.10gb`), or the whole of it. */
function othersLike(resource: string, nodes: readonly KubeObject[]): string {
  const maker = resource.slice(0, resource.indexOf('/') + 1);
  const there = new Set(
    nodes.flatMap((node) => {
      const offered = at(node, 'status', 'allocatable');
      return isRaw(offered) ? Object.keys(offered).filter((name) => name.startsWith(maker) && quantity(offered[name]) > 0) : [];
    }),
  );
  return there.size === 0 ? '' : `; they have ${[...there].toSorted().join(', ')}`;
}

function selects(spec: unknown, node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(textsAt(spec, 'nodeSelector')).every(([key, value]) => labels[key] === value)) return false;
  const terms = listAt(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  if (terms.length === 0) return true;
  return terms.some((term) =>
    listAt(term, 'matchExpressions').every((expression) => {
      const value = labels[textAt(expression, 'key') ?? ''];
      const values = Array.isArray(expression.values) ? expression.values.map(String) : [];
      switch (expression.operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          // Gt, Lt: rare, and not worth a wrong blocker.
          return true;
      }
    }),
  );
}

function selectorText(spec: unknown): string {
  const pairs = Object.entries(textsAt(spec, 'nodeSelector')).map(([key, value]) => `${key}=${value}`);
  return pairs.join(', ') || 'its node affinity';
}

/** The first taint of the node that keeps the pod away. */
function untolerated(spec: unknown, node: KubeObject): string | undefined {
  const tolerations = listAt(spec, 'tolerations');
  const taint = listAt(node, 'spec', 'taints').find(
    ({ key, value, effect }) =>
      (effect === 'NoSchedule' || effect === 'NoExecute') &&
      !tolerations.some(
        (toleration) =>
          (toleration.effect === undefined || toleration.effect === '' || toleration.effect === effect) &&
          (toleration.operator === 'Exists'
            ? toleration.key === undefined || toleration.key === '' || toleration.key === key
            : toleration.key === key && (toleration.value ?? '') === (value ?? '')),
      ),
  );
  return taint && `${String(taint.key)}:${String(taint.effect)}`;
}

/** Extended resources: what is neither the processor's nor memory's, with a domain in its name. */
function devices(spec: unknown): [string, number][] {
  const wanted = new Map<string, number>();
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
    for (const part of ['requests', 'limits']) {
      const amounts = at(container, 'resources', part);
      if (!isRaw(amounts)) continue;
      for (const [name, amount] of Object.entries(amounts))
        if (name.includes('/') && !name.startsWith('hugepages-')) wanted.set(name, Math.max(wanted.get(name) ?? 0, quantity(amount)));
    }
  }
  return [...wanted];
}
