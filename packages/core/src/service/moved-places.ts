import type { Application } from '../application/model.ts';
import type { TenancyRule } from '../application/tenancy.ts';
import { InputError, NotFoundError } from '../errors.ts';
import type { PlanRequest } from '../planning/model.ts';
import type { Origin } from '../planning/move/inputs.ts';
import { nearest } from '../text/nearest.ts';
import type { Assessment } from './assess.ts';
import { leftBy, movesOf, placedAt } from './located.ts';
import { isExclusive } from './plan-ground.ts';

/** The application as if it were placed at the target: only places on other clusters move. */
export function movedTo(application: Application, to: string, { inventory }: Assessment, tenancy: readonly TenancyRule[]): Application {
  return {
    ...application,
    components: application.components.map((component) => ({
      ...component,
      placements: component.placements
        .filter(({ cluster }) => cluster !== undefined && cluster !== to)
        .map((placement) => placedAt(placement, to, component.owner ?? application.owner, inventory, tenancy)),
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
      const origin = origins.get(key) ?? {
        cluster,
        namespace,
        reachable: reading !== undefined && !reading.unreachable,
      };
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
  return answering(inventory, to);
}

/** The name that the fleet gives the cluster that is meant, which has to answer. */
export function answering(inventory: Assessment['inventory'], asked: string): string {
  const names = inventory.clusters.map(({ reading }) => reading.cluster);
  const found = inventory.get(asked)?.reading;
  if (!found) {
    const guess = nearest(asked, names);
    throw new NotFoundError(`the cluster ${asked} is not configured`, {
      code: 'UNKNOWN_CLUSTER',
      hint: guess ? `did you mean "${guess}"?` : `known: ${names.join(', ')}; name it as well, with --contexts or under dr.clusters`,
    });
  }
  if (found.unreachable) throw found.unreachable;
  return found.cluster;
}
