import type { Reason } from '../reason.ts';
import type { FleetInventory } from './fleet-inventory.ts';
import { inventoryOf } from './inventory.ts';
import { type Application, type Component, type Placement, labels } from './model.ts';
import { type Coverage, coverage, placeKey } from './taken.ts';
import { type TenancyRule, claimOf } from './tenancy.ts';
import { workloadKey } from './workload.ts';

interface Ground {
  /** What all applications of the catalog take, where they are. */
  covered: Coverage;
  /** The same applications, and where they run since they were moved. */
  known: readonly Application[];
  /** That of which labels tell. */
  home: Application | undefined;
  fleet: FleetInventory;
  rules: readonly TenancyRule[];
}

/**
 * A copy that a move left: all that is there was stopped by a move, which noted that on each workload, and the same workloads go on at
 * another cluster. They do so in a namespace of the same name; or in one of another name, as moves bring them there and back, where it is
 * the same application: the namespace of the copy carries its name, as those that moves make, or has agreed to its owner.
 * What an engine keeps stopped by itself carries no such notes, and is known by what the engine says: `service/standing-copies.ts`.
 */
export function isFormerCopy(placement: Placement, { covered, known, home, fleet, rules }: Ground): boolean {
  const { cluster, namespace } = placement;
  const there = fleet.get(cluster ?? '')?.namespace(namespace);
  if (!there) return false;
  const { workloads } = inventoryOf(placement, there);
  if (workloads.length === 0 || !workloads.every(({ leftBehind }) => leftBehind)) return false;
  const isHomes =
    home !== undefined &&
    (there.labels[labels.application]?.toLowerCase() === home.name.toLowerCase() ||
      ['claimed', 'mapped'].includes(claimOf({ ...(cluster !== undefined && { cluster }), namespace }, home.owner, there, rules)));
  const own = isHomes
    ? coverage(
        known.filter(({ name }) => name === home.name),
        fleet,
      )
    : new Map<string, never>();
  const elsewhere = fleet.clusters
    .map(({ reading }) => reading.cluster)
    .filter((other) => other !== cluster)
    .flatMap((other) => {
      const sameName = covered.get(placeKey({ cluster: other, namespace }));
      const others = [...own].flatMap(([place, taken]) => (place.startsWith(`${other}/`) ? [taken] : []));
      return sameName === undefined ? others : [sameName, ...others];
    });
  return workloads.every((workload) => elsewhere.some((taken) => taken === 'everything' || taken.has(workloadKey(workload))));
}

export function formerCopy({ name }: Application, component: Component, { cluster, namespace }: Placement): Reason {
  return {
    code: 'FORMER_COPY',
    severity: 'info',
    ...(cluster !== undefined && { cluster }),
    message: `${component.name} in ${cluster ?? ''}/${namespace} stands stopped since ${name} moved away from there: it is no part that has to be protected`,
    fix: 'leave it as it is: a move there starts from it',
  };
}
