import type { Reason } from '../../reason.ts';
import { deployerOf, pauseOf } from '../git-ops-marks.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Origin } from './inputs.ts';

/**
 * Who deploys from Git starts again what a move stops, and knows nothing of the target: no move suspends it, for it may live on any
 * cluster and deploy more than this application. Undone as well, it would not know that it may act again. `cluster`: where it goes.
 */
export function deployedFromGit(origin: Origin, cluster: string, objects: readonly KubeObject[]): Reason[] {
  const marked = objects.flatMap((object) => {
    const deployer = deployerOf(object);
    return deployer ? [{ object, deployer }] : [];
  });
  if (marked.length === 0) return [];
  const pauses = [...new Set(marked.map(({ deployer }) => pauseOf(deployer)))];
  const names = [...new Set(marked.map(({ deployer: { kind, name } }) => (name === undefined ? kind : `${kind} ${name}`)))];
  return [
    {
      code: 'GITOPS_MANAGED',
      severity: 'warning',
      cluster: origin.cluster,
      message: `${names.join(', ')} deploys ${origin.namespace} on ${origin.cluster} from Git: it starts again what is stopped there${origin.reachable ? '' : ' as soon as its cluster answers'}, and does not know ${cluster}`,
      evidence: marked.slice(0, 20).map(({ object: { kind, metadata } }) => `${kind} ${origin.namespace}/${metadata.name}`),
      fix: `pause it first: ${pauses.join('; ')}; and let Git deploy to ${cluster} afterwards`,
    },
  ];
}
