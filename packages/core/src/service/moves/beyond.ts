import { someOf } from '../../some-of.ts';
import { inventoryOf } from '../../application/inventory.ts';
import type { Application } from '../../application/model.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import { type Workload, workloadKey } from '../../application/workload.ts';
import type { ManagedApplication } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { Assessment } from '../assess.ts';

/**
 * What an engine would move from the cluster `from` that is in no place of the application: whole namespaces of which a schedule of Stork
 * or Ramen covers more than the application has, and workloads of others beside it. Nothing outside the application's placements is
 * written, so a move stops there. Of a namespace that nobody can see, because its cluster does not answer and never did, its name.
 */
export function beyond(application: Application, managed: ManagedApplication, from: string, { inventory }: Assessment): Reason[] {
  const placements = application.components
    .flatMap((component) => component.placements)
    .filter(({ cluster }) => cluster === undefined || cluster === from);
  const others = managed.namespaces.flatMap((namespace) => {
    const places = placements.filter((place) => place.namespace === namespace);
    const side = inventory.get(from);
    const there = side?.namespace(namespace);
    if (!there) return places.length > 0 || side?.reading.unreachable === undefined ? [] : [`Namespace ${namespace}`];
    const own = new Set(places.flatMap((place) => inventoryOf(place, there).workloads.map(workloadKey)));
    return there.workloads
      .filter((workload) => !own.has(workloadKey(workload)) && isTaken(workload, managed))
      .map(({ kind, name }) => `${kind} ${namespace}/${name}`);
  });
  if (others.length === 0) return [];
  const { engine, name } = managed;
  return [
    {
      code: 'OTHERS_MOVE_ALONG',
      severity: 'blocker',
      cluster: from,
      message: `${engine} moves with ${name} what is not of ${application.name}: ${someOf(others, 5)}`,
      evidence: others.slice(0, 20),
      fix: `let ${name} cover ${application.name} alone; or, if it is of ${application.name}, place it in the catalog`,
    },
  ];
}

function isTaken({ labels, podLabels, claims }: Workload, managed: ManagedApplication): boolean {
  if (!managed.wholeNamespaces) return claims.some((claim) => managed.claims.includes(claim));
  const requirements = managed.labelSelector === undefined ? [] : parseSelector(managed.labelSelector);
  // One that nobody can read may take anything.
  return requirements === undefined || matches(requirements, labels) || matches(requirements, podLabels);
}
