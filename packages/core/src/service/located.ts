import type { FleetInventory } from '../application/fleet-inventory.ts';
import type { Application, Placement } from '../application/model.ts';
import { type TenancyRule, claimOf } from '../application/tenancy.ts';
import { isMove } from '../planning/intent.ts';
import type { Operation } from '../execution/model.ts';

/** Moves to another cluster that succeeded and were not taken back, the oldest first. */
export function movesOf(application: string, past: readonly Operation[]): Operation[] {
  return past
    .filter(({ plan, state }) => isMove(plan.intent) && state === 'Succeeded' && plan.application === application)
    .toSorted((a, b) => Date.parse(a.requestedAt) - Date.parse(b.requestedAt));
}

/** Components that moves have taken away and none has brought back, each with the cluster that it left last; the latest move last. */
export function awayOf(application: string, past: readonly Operation[]): Map<string, string> {
  const away = new Map<string, string>();
  for (const move of movesOf(application, past)) {
    const [left] = leftBy(move);
    for (const component of move.plan.components) {
      const returns = away.get(component) === move.plan.home;
      away.delete(component);
      if (!returns && left !== undefined) away.set(component, left);
    }
  }
  return away;
}

/** Clusters that a move left. */
export function leftBy({ plan }: Pick<Operation, 'plan'>): string[] {
  return [
    ...new Set(
      plan.waves
        .flat()
        .flatMap(({ action, cluster }) =>
          action.kind === 'copy.stop' ? [cluster] : action.kind === 'mover.move' ? [action.order.leaves] : [],
        ),
    ),
  ];
}

/**
 * The application where it runs since it was moved, whether its catalog entry has been told or not: each move is followed from where
 * the entry says, so that an entry that knows is followed no further. A cluster that answers and where nothing of it is to be seen is
 * not believed.
 */
export function located(
  application: Application,
  { past, inventory }: { past: readonly Operation[]; inventory: FleetInventory },
  tenancy: readonly TenancyRule[],
): Application {
  const known = movesOf(application.name, past);
  if (known.length === 0) return application;
  return {
    ...application,
    components: application.components.map((component) => ({
      ...component,
      placements: distinct(
        component.placements.map((placement): Placement => {
          let { cluster, namespace } = placement;
          for (const move of known) {
            const follows = cluster !== undefined && move.plan.components.includes(component.name) && leftBy(move).includes(cluster);
            if (!follows) continue;
            const there = inventory.get(move.plan.home);
            const into = move.plan.mapping?.namespaces?.[namespace] ?? namespace;
            if (there?.reading.unreachable || there?.namespace(into)?.observed) [cluster, namespace] = [move.plan.home, into];
          }
          if (cluster === undefined || cluster === placement.cluster) return placement;
          return placedAt({ ...placement, namespace }, cluster, component.owner ?? application.owner, inventory, tenancy);
        }),
        component.placements,
      ),
    })),
  };
}

/**
 * Two copies that were told of are one place where moves lead both there: the one that is named first holds, the entry's before what the
 * labels of a copy tell that has stayed where the application has been.
 */
function distinct(placements: readonly Placement[], before: readonly Placement[]): Placement[] {
  const first = new Map<string, string | undefined>();
  return placements.filter(({ cluster, namespace }, index) => {
    const place = `${cluster}/${namespace}`;
    const told = before[index]?.cluster;
    if (!first.has(place)) first.set(place, told);
    return first.get(place) === told;
  });
}

/** The same place on another cluster, if that one agrees. `into`: the namespace that it is in there, if that is called otherwise. */
export function placedAt(
  placement: Placement,
  cluster: string,
  owner: string | undefined,
  inventory: FleetInventory,
  tenancy: readonly TenancyRule[],
  into = placement.namespace,
): Placement {
  const namespace = inventory.get(cluster)?.namespace(into);
  // Where its namespace is not there yet, what the source said holds: the plan makes it with that owner.
  const claim =
    owner !== undefined && namespace?.observed ? claimOf({ cluster, namespace: into }, owner, namespace, tenancy) : placement.claim;
  return { ...placement, cluster, claim };
}
