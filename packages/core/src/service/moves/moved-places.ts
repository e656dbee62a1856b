import { inventoryOf, takesAll } from '../../application/inventory.ts';
import type { Application, Placement } from '../../application/model.ts';
import type { TenancyRule } from '../../application/tenancy.ts';
import { workloadKey } from '../../application/workload.ts';
import { InputError, NotFoundError } from '../../errors.ts';
import type { PlanRequest } from '../../planning/model.ts';
import type { Origin } from '../../planning/move/inputs.ts';
import type { Reason } from '../../reason.ts';
import { nearest } from '../../text/nearest.ts';
import type { Assessment } from '../assess.ts';
import { awayOf, leftBy, movesOf, placedAt } from '../located.ts';
import { isExclusive } from '../plan-ground.ts';

/**
 * The application as if it were placed at the target, by the namespaces that it was captured in: only places on other clusters move.
 * `namespaces`: that are called otherwise there, and are asked there whose they are.
 */
export function movedTo(
  application: Application,
  to: string,
  { inventory }: Assessment,
  tenancy: readonly TenancyRule[],
  namespaces: Readonly<Record<string, string>> = {},
): Application {
  return {
    ...application,
    components: application.components.map((component) => ({
      ...component,
      placements: component.placements
        .filter(({ cluster }) => cluster !== undefined && cluster !== to)
        .map((placement) =>
          placedAt(placement, to, component.owner ?? application.owner, inventory, tenancy, namespaces[placement.namespace]),
        ),
    })),
  };
}

/**
 * Places of components that are not meant, and of which nothing runs in this namespace any more: a move took them to another cluster,
 * under the same name or another. What is still here of them is an old copy, which neither goes along nor starts.
 */
export function formerIn(
  application: Application,
  assessment: Pick<Assessment, 'everywhere'>,
  chosen: ReadonlySet<string>,
  { cluster, namespace }: Pick<Origin, 'cluster' | 'namespace'>,
): Placement[] {
  const gone = new Set(
    application.components.flatMap(({ name, placements }) =>
      chosen.has(name) || placements.some((one) => one.cluster === cluster && one.namespace === namespace) ? [] : [name],
    ),
  );
  return assessment
    .everywhere(application)
    .components.filter(({ name }) => gone.has(name))
    .flatMap(({ placements }) => placements)
    .filter((one) => one.namespace === namespace && !takesAll(one));
}

/** Whether the namespace holds what is meant and nothing else, no old copy of anything either. */
function isAlone(
  application: Application,
  assessment: Assessment,
  chosen: ReadonlySet<string>,
  place: { cluster: string; namespace: string },
): boolean {
  if (!isExclusive(assessment.applications, application, chosen, place)) return false;
  const inventory = assessment.inventory.get(place.cluster)?.namespace(place.namespace);
  if (!inventory) return true;
  return formerIn(application, assessment, chosen, place).every((placement) => inventoryOf(placement, inventory).workloads.length === 0);
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
      const whole = isAlone(application, assessment, chosen, { cluster, namespace });
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

/** Where what moves lies beside what stays, and no label tells them apart: what stops one would stop the other. */
export function inseparable(application: Application, to: string, assessment: Assessment, chosen: ReadonlySet<string>): Reason[] {
  const places = application.components.flatMap(({ name, placements }) =>
    placements.flatMap((placement) => (placement.cluster === undefined || placement.cluster === to ? [] : [{ name, ...placement }])),
  );
  return places.flatMap((place): Reason[] => {
    const { name, cluster = '', namespace } = place;
    if (!chosen.has(name) || isAlone(application, assessment, chosen, { cluster, namespace })) return [];
    const others = places.filter((other) => other.cluster === cluster && other.namespace === namespace && !chosen.has(other.name));
    const inventory = assessment.inventory.get(cluster)?.namespace(namespace);
    const workloadsOf = (one: typeof place): string[] => (inventory ? inventoryOf(one, inventory).workloads.map(workloadKey) : []);
    const own = new Set(workloadsOf(place));
    const mixed = others.filter((other) => workloadsOf(other).some((workload) => own.has(workload)));
    if (place.labelSelector !== undefined && mixed.length === 0) return [];
    const from = [...new Set((mixed.length > 0 ? mixed : others).map((other) => other.name))].join(', ') || 'what else is there';
    return [
      {
        code: 'COMPONENT_INSEPARABLE',
        severity: 'blocker',
        component: name,
        cluster,
        message: `no label tells ${name} from ${from} in ${namespace} on ${cluster}: whatever stops one stops the other`,
        evidence: [`Namespace ${namespace}`],
        fix: `label the workloads of each and select by that (app.kubernetes.io/component), or let them go together`,
      },
    ];
  });
}

/** The cluster that is meant; of a failback where the application came from last, or what of it is still away. */
export function targetOf({ inventory, past }: Assessment, { to: asked, application, intent }: PlanRequest, name: string): string {
  const names = inventory.clusters.map(({ reading }) => reading.cluster);
  const back = intent === 'Failback' ? movesOf(name, past).at(-1) : undefined;
  if (intent === 'Failback' && asked === undefined && !back)
    throw new InputError(`${application} was never moved to another cluster, so there is nowhere to go back to`, {
      hint: `move it as planned: kubectl dr relocate ${application} --to CLUSTER`,
    });
  const to = asked ?? (back && ([...awayOf(name, past).values()].at(-1) ?? leftBy(back)[0]));
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
