import type { Application, Placement } from '../application/model.ts';
import { type TenancyRule, claimOf } from '../application/tenancy.ts';
import { InputError, NotFoundError } from '../errors.ts';
import type { Operation } from '../execution/model.ts';
import type { PlanRequest } from '../planning/model.ts';
import type { Origin } from '../planning/move/inputs.ts';
import { nearest } from '../text/nearest.ts';
import type { Assessment } from './assess.ts';
import { isExclusive } from './plan-ground.ts';

const moves: ReadonlySet<string> = new Set(['Failover', 'Failback', 'Relocate']);

/** Moves to another cluster that succeeded and were not taken back, the oldest first. */
export function movesOf(application: string, past: readonly Operation[]): Operation[] {
  return past
    .filter(({ plan, state }) => moves.has(plan.intent) && state === 'Succeeded' && plan.application === application)
    .toSorted((a, b) => Date.parse(a.requestedAt) - Date.parse(b.requestedAt));
}

/** Clusters that a move left. */
export function leftBy({ plan }: Operation): string[] {
  return [...new Set(plan.waves.flat().flatMap(({ action, cluster }) => (action.kind === 'copy.stop' ? [cluster] : [])))];
}

/**
 * The application where it runs since it was moved, whether its catalog entry has been told or not: each move is followed from where
 * the entry says, so that an entry that knows is followed no further.
 */
export function located(application: Application, { past, inventory }: Assessment, tenancy: readonly TenancyRule[]): Application {
  const known = movesOf(application.name, past);
  if (known.length === 0) return application;
  return {
    ...application,
    components: application.components.map((component) => ({
      ...component,
      placements: component.placements.map((placement): Placement => {
        let { cluster } = placement;
        for (const move of known)
          if (cluster !== undefined && move.plan.components.includes(component.name) && leftBy(move).includes(cluster))
            cluster = move.plan.home;
        if (cluster === undefined || cluster === placement.cluster) return placement;
        return placedAt(placement, cluster, component.owner ?? application.owner, inventory, tenancy);
      }),
    })),
  };
}

function placedAt(
  placement: Placement,
  cluster: string,
  owner: string | undefined,
  inventory: Assessment['inventory'],
  tenancy: readonly TenancyRule[],
): Placement {
  const namespace = inventory.get(cluster)?.namespace(placement.namespace);
  // Where its namespace is not there yet, what the source said holds: the plan makes it with that owner.
  const claim = namespace?.observed ? claimOf({ ...placement, cluster }, owner, namespace, tenancy) : placement.claim;
  return { ...placement, cluster, claim };
}

/** The application as if it were placed at the target: only places on other clusters move. */
export function movedTo(application: Application, to: string, { inventory }: Assessment, tenancy: readonly TenancyRule[]): Application {
  return {
    ...application,
    components: application.components.map((component) => ({
      ...component,
      placements: component.placements
        .filter(({ cluster }) => cluster !== undefined && cluster !== to)
        .map((placement) => {
          const owner = component.owner ?? application.owner;
          return owner === undefined ? { ...placement, cluster: to } : placedAt(placement, to, owner, inventory, tenancy);
        }),
    })),
  };
}

/** Where what moves is now: the copies that have to be stopped. */
export function originsOf(application: Application, to: string, assessment: Assessment, chosen: ReadonlySet<string>): Origin[] {
  const origins = new Map<string, Origin>();
  for (const component of application.components) {
    if (!chosen.has(component.name)) continue;
    for (const { cluster, namespace, labelSelector } of component.placements) {
      if (cluster === undefined || cluster === to) continue;
      const key = `${cluster}/${namespace}`;
      const reading = assessment.inventory.get(cluster)?.reading;
      const whole = isExclusive(assessment.applications, application, chosen, { cluster, namespace });
      const origin = origins.get(key) ?? { cluster, namespace, reachable: reading !== undefined && !reading.unreachable };
      if (!whole && labelSelector !== undefined) origin.labelSelectors = [...new Set([...(origin.labelSelectors ?? []), labelSelector])];
      origins.set(key, origin);
    }
  }
  return [...origins.values()];
}

/** The cluster that is meant; of a failback where the application came from last. */
export function targetOf({ inventory, past }: Assessment, { to: asked, application, intent }: PlanRequest, name: string): string {
  const names = inventory.clusters.map(({ reading }) => reading.cluster);
  const back = intent === 'Failback' ? movesOf(name, past).at(-1) : undefined;
  if (intent === 'Failback' && asked === undefined && !back)
    throw new InputError(`${application} was never moved to another cluster, so there is nowhere to go back to`, {
      hint: `move it as planned: kubectl dr relocate ${application} --to CLUSTER`,
    });
  const to = asked ?? (back && leftBy(back)[0]);
  if (to === undefined) throw new InputError(`where ${application} has to go is not said`, { hint: `--to ${names.join(' or --to ')}` });
  const found = inventory.get(to)?.reading;
  if (!found) {
    const guess = nearest(to, names);
    throw new NotFoundError(`the cluster ${to} is not configured`, {
      code: 'UNKNOWN_CLUSTER',
      hint: guess ? `did you mean "${guess}"?` : `clusters: ${names.join(', ')}`,
    });
  }
  if (found.unreachable) throw found.unreachable;
  return found.cluster;
}
