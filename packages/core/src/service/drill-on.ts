import type { Application, Component } from '../application/model.ts';
import { InputError } from '../errors.ts';
import { portable } from '../planning/failover.ts';
import { copyWith } from '../planning/mapping.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import { type Place, chosenComponents, placesOf } from '../planning/places.ts';
import { mappingOf, readUntilPortable, withPortableOnly } from './arrived-points.ts';
import type { Assessment } from './assess.ts';
import { clonePlan } from './clone-planner.ts';
import { findApplication } from './look.ts';
import { movedTo } from './moved-places.ts';
import type { Ground, PlannerDeps } from './plan-ground.ts';
import { nowAt } from './planner.ts';

/**
 * A drill on a cluster that is named. What runs elsewhere is tried from the points that have arrived there, with what is called
 * otherwise there: what a failover would find, tried apart. Whether the cluster where it runs answers does not matter. What runs there
 * itself is tried from its own points.
 */
export async function drillOn(
  deps: PlannerDeps,
  assessment: Assessment,
  asked: PlanRequest & { on: string },
  signal?: AbortSignal,
): Promise<Plan> {
  const { on } = asked;
  const application = findApplication(assessment, asked.application);
  const moved = asIfOn(application, on, assessment, deps.tenancy);
  const arriving = new Set(application.components.filter((component) => !isOn(component, on)).map(({ name }) => name));
  const arrives = (component: string): boolean => arriving.has(component);
  const comesFromElsewhere = ({ components }: Place): boolean => components.some(({ status }) => arrives(status.component.name));
  const isGone = (cluster: string, namespace: string): boolean => assessment.inventory.get(cluster)?.namespace(namespace) === undefined;
  const now = await nowAt(deps, on, signal);
  const request = { ...asked, at: asked.at ?? now.toISOString() };
  const ground = (): Ground => {
    const seen = assessment.fleet([moved]);
    const status = withPortableOnly(seen.applications[0]!, deps.contents, on, arrives);
    const fleet = { ...seen, applications: [status] };
    const components = chosenComponents(status, request.components).filter(({ component }) => component.placements.length > 0);
    const places = placesOf(fleet, moved, components, isGone).map((place) =>
      comesFromElsewhere(place) ? toBeProven(place, moved, isGone) : place,
    );
    return { request, now, home: on, assessment, application: moved, fleet, status, components, places };
  };
  if (ground().places.length === 0)
    throw new InputError(`nothing is known of where ${application.name} runs, so there is nothing to try on ${on}`, {
      hint: `kubectl dr status ${application.name}`,
    });
  await readUntilPortable(deps, ground, assessment, signal);
  const origins = ({ namespace }: Place): Pick<Place, 'cluster' | 'namespace'>[] =>
    application.components
      .flatMap(({ placements }) => placements)
      .flatMap(({ cluster, namespace: own }) => (own === namespace && cluster !== undefined ? [{ cluster, namespace }] : []));
  return clonePlan(deps, ground, signal, {
    origins,
    arrival: (place, components) => (comesFromElsewhere(place) ? copyWith(mappingOf(request, components, on)) : undefined),
    // A point that was refused for that is not told of twice.
    blockers: (inputs) => (inputs.blockers.some(({ code }) => code === 'POINT_UNUSABLE') ? [] : portable(inputs, arrives)),
  });
}

function isOn({ placements }: Component, on: string): boolean {
  return placements.some(({ cluster }) => cluster === on);
}

/** The application as if all of it were placed there: what is there is left as it is, and is not looked for elsewhere. */
function asIfOn(application: Application, on: string, assessment: Assessment, tenancy: PlannerDeps['tenancy']): Application {
  const moved = movedTo(application, on, assessment, tenancy);
  return {
    ...moved,
    components: application.components.map((component, index) =>
      isOn(component, on)
        ? { ...component, placements: component.placements.filter(({ cluster }) => cluster === on) }
        : moved.components[index]!,
    ),
  };
}

/** Where its namespace is not on that cluster nobody there can be asked whose it is: what was captured has to say it. */
function toBeProven(place: Place, { owner }: Application, isGone: (cluster: string, namespace: string) => boolean): Place {
  if (place.ownerToProve !== undefined || !isGone(place.cluster, place.namespace)) return place;
  const mapped = place.components.every(({ status }) =>
    status.component.placements.some(({ namespace, claim }) => namespace === place.namespace && claim === 'mapped'),
  );
  const of = place.components[0]?.status.component.owner ?? owner;
  return mapped || of === undefined ? place : { ...place, ownerToProve: of };
}
