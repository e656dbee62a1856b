import type { Application } from '../application/model.ts';
import { DrError, InputError, NotFoundError } from '../errors.ts';
import { type Fence, readFences } from '../fencing/network-fence.ts';
import { withFences } from '../planning/fence.ts';
import { isPortable, type Origin, planFailover } from '../planning/failover.ts';
import type { Plan, PlanRequest } from '../planning/model.ts';
import { choiceOf } from '../planning/moment.ts';
import { chosenComponents, placesOf } from '../planning/places.ts';
import { candidatesFor, openCandidates } from '../planning/select-point.ts';
import { arrivalWith } from '../planning/storage-classes.ts';
import { nearest } from '../text/nearest.ts';
import type { Assessment } from './assess.ts';
import { cloneInputs } from './clone-planner.ts';
import { contentsOf } from './in-place-reader.ts';
import { engineNamespace, findApplication } from './look.ts';
import type { ApplicationStatus, PointUse } from './model.ts';
import { type Ground, type PlannerDeps, chosenGround, isExclusive } from './plan-ground.ts';
import { nowAt } from './planner.ts';

/**
 * What a failover starts from: the application as if it were placed at the target, so that its points there are judged by the
 * rules of every other place. Only places on other clusters move.
 */
export async function failoverPlan(deps: PlannerDeps, assessment: Assessment, asked: PlanRequest, signal?: AbortSignal): Promise<Plan> {
  const application = findApplication(assessment, asked.application);
  const to = targetOf(assessment, asked);
  const moved = movedTo(application, to);
  const isGone = (cluster: string, namespace: string): boolean => assessment.inventory.get(cluster)?.namespace(namespace) === undefined;
  const now = await nowAt(deps, to, signal);
  const request = { ...asked, to, at: asked.at ?? now.toISOString() };
  const ground = (): Ground => {
    const fleet = assessment.fleet([moved]);
    const status = withPortableOnly(fleet.applications[0]!, deps, to);
    const components = chosenComponents(status, asked.components).filter(({ component }) => component.placements.length > 0);
    return {
      request,
      now,
      home: to,
      assessment,
      application: moved,
      fleet: { ...fleet, applications: [status] },
      status,
      components,
      places: placesOf({ ...fleet, applications: [status] }, moved, components, isGone),
    };
  };
  await readUntilPortable(deps, ground, assessment, signal);
  const { ground: laid, choiceFor } = await chosenGround(deps, ground, signal);
  const origins = originsOf(application, to, assessment, new Set(laid.components.map(({ component }) => component.name)));
  if (origins.length === 0)
    throw new InputError(`nothing of ${application.name} runs on another cluster than ${to}`, {
      hint: `kubectl dr status ${application.name}`,
    });
  const inputs = await cloneInputs(
    deps,
    laid,
    choiceFor,
    {
      target: ({ namespace }) => namespace,
      access: [],
      origins: (place) => origins.filter(({ namespace }) => namespace === place.namespace),
      arrival: arrivalWith(request.storageClasses ?? {}),
    },
    signal,
  );
  return withFences(await planFailover({ ...inputs, origins }), await fencesAt(deps, to, signal), now);
}

/** Whoever may not read fences has none. */
async function fencesAt({ clusters }: PlannerDeps, to: string, signal?: AbortSignal): Promise<Fence[]> {
  const cluster = clusters.find(({ name }) => name === to);
  if (!cluster) return [];
  return readFences(cluster, signal).catch((error: unknown) => {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return [];
    throw error;
  });
}

/** Opens points, the newest of each part first, until one is found whose data can be had at the target, or none is left. */
async function readUntilPortable(deps: PlannerDeps, lay: () => Ground, assessment: Assessment, signal?: AbortSignal): Promise<void> {
  const looked = new Set<string>();
  for (;;) {
    const { request, now, places } = lay();
    const choice = choiceOf(request.point, request.pins ? new Date(request.at) : now);
    const next = places.flatMap((place) =>
      place.components.flatMap(({ status }) => {
        const found = openCandidates(candidatesFor(status, place), choice).find(({ point }) => !looked.has(point.id));
        return found ? [found.point] : [];
      }),
    );
    if (next.length === 0) return;
    for (const { id } of next) looked.add(id);
    const points = [...new Map(next.map((point) => [point.id, point])).values()];
    await deps.contents.read(points, ({ cluster, engine, namespace }) => engineNamespace(assessment, cluster, engine) ?? namespace, signal);
  }
}

function targetOf({ inventory }: Assessment, { to, application }: PlanRequest): string {
  const names = inventory.clusters.map(({ reading }) => reading.cluster);
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

function movedTo(application: Application, to: string): Application {
  return {
    ...application,
    components: application.components.map((component) => ({
      ...component,
      placements: component.placements
        .filter(({ cluster }) => cluster !== undefined && cluster !== to)
        .map((placement) => ({ ...placement, cluster: to })),
    })),
  };
}

/** Where what moves is now: the copies that have to be stopped. */
function originsOf(application: Application, to: string, assessment: Assessment, chosen: ReadonlySet<string>): Origin[] {
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

/** A point whose volumes are snapshots in the other cluster's storage brings nothing back here, however whole it is there. */
function withPortableOnly(status: ApplicationStatus, { contents }: PlannerDeps, to: string): ApplicationStatus {
  const judged = (use: PointUse): PointUse => {
    const volumes = contentsOf(contents.get(use.point.id))?.volumes ?? [];
    const kept = volumes.filter((volume) => volume.state === 'captured' && !isPortable(volume.method));
    if (use.usable !== 'yes' || kept.length === 0) return use;
    return {
      ...use,
      usable: 'no',
      reasons: [
        {
          code: 'VOLUME_NOT_PORTABLE',
          severity: 'warning',
          cluster: to,
          message: `${use.point.name} holds ${kept.map(({ claim }) => claim).join(', ')} as snapshots in the storage of another cluster`,
        },
      ],
    };
  };
  return { ...status, components: status.components.map((component) => ({ ...component, points: component.points.map(judged) })) };
}
