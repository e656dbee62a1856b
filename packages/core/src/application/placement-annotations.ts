import { type Component, type Placement, annotations } from './model.ts';
import { isLabelValue, parseSelector } from './selector.ts';

export interface ReadPlacements {
  placements: Placement[];
  lookup?: NonNullable<Component['lookup']>;
  /** What is malformed. A malformed annotation places nothing: a guess could name somebody else's namespace. */
  problems: string[];
}

const namespaceName = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Where an entity says it runs, by the annotations that Backstage's Kubernetes plugin knows:
 *
 * - `backstage.io/kubernetes-namespace`: a namespace, or several, separated by commas;
 * - `backstage.io/kubernetes-cluster`: a cluster, or several; absent: every cluster that has the namespace;
 * - `backstage.io/kubernetes-label-selector`: the entity's objects inside the namespaces; wins over
 * - `backstage.io/kubernetes-id`: short for the selector `backstage.io/kubernetes-id=ID`.
 *
 * With one entry on either side, every namespace is on every cluster; with several on both sides they pair up in
 * order (`shop, shop-gpu` on `east, west` is shop on east and shop-gpu on west), so their numbers must be equal.
 * A selector without a namespace is a `lookup`: the clusters are asked which namespaces hold such objects.
 */
export function readPlacements(values: Readonly<Record<string, string>>): ReadPlacements {
  const namespaces = list(values[annotations.kubernetesNamespace]);
  const clusters = list(values[annotations.kubernetesCluster]);
  const problems: string[] = [];
  for (const name of namespaces.filter((text) => !namespaceName.test(text))) {
    problems.push(`${annotations.kubernetesNamespace}: ${JSON.stringify(name)} is not the name of a namespace`);
  }
  const labelSelector = readSelector(values, problems);
  const paired = namespaces.length > 1 && clusters.length > 1;
  if (paired && namespaces.length !== clusters.length) {
    problems.push(
      `${annotations.kubernetesNamespace} lists ${namespaces.length} namespaces and ${annotations.kubernetesCluster} ${clusters.length} clusters; list equally many, or one on either side`,
    );
  }
  if (problems.length > 0) return { placements: [], problems };
  if (namespaces.length === 0) {
    return { placements: [], problems, ...(labelSelector !== undefined && { lookup: { clusters, labelSelector } }) };
  }
  const everywhere: (string | undefined)[] = clusters.length === 0 ? [undefined] : clusters;
  const placements = new Map<string, Placement>();
  namespaces.forEach((namespace, i) => {
    for (const cluster of paired ? [clusters[i]] : everywhere) {
      placements.set(`${cluster ?? ''}/${namespace}`, {
        ...(cluster !== undefined && { cluster }),
        namespace,
        ...(labelSelector !== undefined && { labelSelector }),
        claim: 'unknown',
      });
    }
  });
  return { placements: [...placements.values()], problems };
}

function readSelector(values: Readonly<Record<string, string>>, problems: string[]): string | undefined {
  const selector = values[annotations.kubernetesLabelSelector]?.trim();
  if (selector !== undefined && selector !== '') {
    if (parseSelector(selector) !== undefined) return selector;
    problems.push(`${annotations.kubernetesLabelSelector}: ${JSON.stringify(selector)} is not a label selector`);
    return undefined;
  }
  const id = values[annotations.kubernetesId]?.trim();
  if (id === undefined || id === '') return undefined;
  if (isLabelValue(id)) return `${annotations.kubernetesId}=${id}`;
  problems.push(`${annotations.kubernetesId}: ${JSON.stringify(id)} cannot be the value of a label`);
  return undefined;
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
