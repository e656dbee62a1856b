import type { Application } from '../application/model.ts';
import { NotFoundError } from '../errors.ts';
import { type Choice, choiceOf } from '../planning/moment.ts';
import type { PlanRequest } from '../planning/model.ts';
import type { Place } from '../planning/places.ts';
import { assertKnown, candidatesFor, openCandidates, selectPoint, suits } from '../planning/select-point.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { Assessment } from './assess.ts';
import { readLostClaims } from './lost-claims.ts';
import { type LookDeps, decide, engineNamespace } from './look.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from './model.ts';

export interface PlannerDeps extends LookDeps {
  clusters: readonly ClusterClient[];
}

/** Everything that every kind of plan starts from. */
export interface Ground {
  request: PlanRequest & { at: string };
  /** By the clock of `home`, which keeps the journal. */
  now: Date;
  home: string;
  assessment: Assessment;
  application: Application;
  fleet: Fleet;
  status: ApplicationStatus;
  components: ComponentStatus[];
  places: Place[];
}

/** What is meant for a component in one place: a component in several may need a point for each. */
export type ChoiceFor = (component: string, place: Pick<Place, 'cluster' | 'namespace'>) => Choice;

/** The application with the contents of those points read that decide the choice, and the choice for each component and place. */
export async function chosenGround(
  deps: PlannerDeps,
  lay: () => Ground,
  signal?: AbortSignal,
): Promise<{ ground: Ground; choiceFor: ChoiceFor }> {
  const first = lay();
  const { request, assessment, application } = first;
  const choice = choiceOf(request.point, request.pins ? new Date(request.at) : first.now);
  const choiceFor: ChoiceFor = (component, { cluster, namespace }) => {
    const pin = request.pins?.find(
      (candidate) => candidate.component === component && candidate.cluster === cluster && candidate.namespace === namespace,
    );
    return pin ? { kind: 'named', name: pin.pointId } : choice;
  };
  const chosen = new Set(first.components.map(({ component }) => component.name));
  await decide(
    assessment,
    [application],
    deps.contents,
    (component) =>
      first.places
        .filter(
          (place) =>
            chosen.has(component.component.name) &&
            place.components.some(({ status }) => status.component.name === component.component.name),
        )
        .map((place) =>
          openCandidates(
            candidatesFor(component, place).filter((use) => suits(use, request.mode ?? 'clone')),
            choiceFor(component.component.name, place),
          ),
        ),
    signal,
  );
  await readLostClaims(deps.contents, assessment, lay, choiceFor, signal);
  let ground = lay();
  // A point that was called usable without a look inside may turn out not to be: then another is chosen, or none.
  const looked = new Set<string>();
  for (let unread = unreadOf(ground, choiceFor, looked); unread.length > 0; unread = unreadOf(ground, choiceFor, looked)) {
    for (const { id } of unread) looked.add(id);
    await deps.contents.read(unread, ({ cluster, engine, namespace }) => engineNamespace(assessment, cluster, engine) ?? namespace, signal);
    ground = lay();
  }
  if (!request.pins) assertKnown(choice, ground.components);
  return { ground, choiceFor };
}

function unreadOf({ places, request }: Ground, choiceFor: ChoiceFor, looked: ReadonlySet<string>): RecoveryPoint[] {
  const chosen = places.flatMap((place) => [...pointsIn(place, choiceFor, request, request.allowMissingVolumes).points.values()]);
  return [...new Map(chosen.filter(({ id }) => !looked.has(id)).map((point) => [point.id, point])).values()];
}

/** The point of each component in one place, and why there is none where there is none. */
export function pointsIn(
  place: Place,
  choiceFor: ChoiceFor,
  { point: asked = 'the point', mode = 'clone' }: PlanRequest,
  allowMissingVolumes = false,
) {
  const points = new Map<string, RecoveryPoint>();
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  for (const entry of place.components) {
    const { name } = entry.status.component;
    const selection = selectPoint(entry.status, place, choiceFor(name, place), mode, allowMissingVolumes);
    blockers.push(...selection.blockers);
    warnings.push(...selection.warnings);
    if (selection.use) points.set(name, selection.use.point);
    else if (selection.blockers.length === 0) blockers.push(outside(name, place, asked));
  }
  return { points, blockers, warnings };
}

/** Where none was found, and points may not be listed: that is the reason, not that there is none. */
export function hiddenPoints(
  { engines }: Pick<PlannerDeps, 'engines'>,
  { inventory }: Assessment,
  { cluster, namespace }: Pick<Place, 'cluster' | 'namespace'>,
  found: ReadonlyMap<string, unknown>,
): Reason[] | undefined {
  const failures = inventory.get(cluster)?.reading.failures;
  const error = engines
    .flatMap((engine) => engine.pointKinds ?? engine.kinds)
    .map((type) => failures?.get(resourceKey(type)))
    .find((failure) => failure?.code === 'FORBIDDEN');
  if (found.size > 0 || !error) return undefined;
  const message = `${error.message}, so no point of ${namespace} is known`;
  return [{ code: 'READING_FORBIDDEN', severity: 'blocker', cluster, message, ...(error.hint !== undefined && { fix: error.hint }) }];
}

/** Engines bring back each its own: components of one place whose points are of several are worked on one after the other. */
export function byEngine(place: Place, points: ReadonlyMap<string, RecoveryPoint>): { place: Place; points: Map<string, RecoveryPoint> }[] {
  const ids = [...new Set([...points.values()].map(({ engine }) => engine))];
  if (ids.length === 1) return [{ place, points: new Map(points) }];
  return ids.map((id) => {
    const own = new Map([...points].filter(([, point]) => point.engine === id));
    return { place: { ...place, components: place.components.filter(({ status }) => own.has(status.component.name)) }, points: own };
  });
}

function outside(component: string, { cluster, namespace }: Place, point: string): Reason {
  return {
    code: 'POINT_UNUSABLE',
    severity: 'blocker',
    component,
    cluster,
    message: `${point} does not cover ${component} (${namespace} on ${cluster})`,
    fix: 'leave that component out (--component), or choose by time: --to 14:05',
  };
}

/** Nobody else's components live in the namespace, and all of this application's are wanted. */
export function isExclusive(
  all: readonly Application[],
  own: Application,
  chosen: ReadonlySet<string>,
  { cluster, namespace }: Pick<Place, 'cluster' | 'namespace'>,
): boolean {
  const here = inhabitantsOf(all).get(`${cluster}/${namespace}`) ?? [];
  return !here.some(({ application, component }) => !(application === own.name && chosen.has(component)));
}

/** Components by `cluster/namespace` in which they may lie: asked for every place of a fleet. */
const inhabitants = new WeakMap<readonly Application[], Map<string, { application: string; component: string }[]>>();

function inhabitantsOf(all: readonly Application[]): Map<string, { application: string; component: string }[]> {
  let found = inhabitants.get(all);
  if (!found) {
    found = new Map();
    for (const application of all) {
      for (const component of application.components) {
        for (const { cluster, namespace, claim } of component.placements) {
          if (cluster === undefined || claim === 'unclaimed') continue;
          const key = `${cluster}/${namespace}`;
          const one = { application: application.name, component: component.name };
          const list = found.get(key);
          if (list) list.push(one);
          else found.set(key, [one]);
        }
      }
    }
    inhabitants.set(all, found);
  }
  return found;
}

export function clientOf({ clusters }: Pick<PlannerDeps, 'clusters'>, name: string): ClusterClient {
  const found = clusters.find((cluster) => cluster.name === name);
  // It may have gone since the fleet was read.
  if (!found) throw new NotFoundError(`the cluster ${name} is not configured`, { code: 'UNKNOWN_CLUSTER' });
  return found;
}

/** What an engine is asked with about one cluster. */
export function contextOf(deps: PlannerDeps, cluster: string, namespace: string, signal?: AbortSignal): EngineContext {
  return { cluster: clientOf(deps, cluster), clock: deps.clock, namespace, ...(signal && { signal }) };
}

/** The points that were chosen, as the request of the plan names them: planned again, it takes the same. */
export function pinsOf(places: readonly (Place & { points: ReadonlyMap<string, RecoveryPoint> })[]): NonNullable<PlanRequest['pins']> {
  return places.flatMap(({ points, cluster, namespace }) =>
    [...points].map(([component, { id }]) => ({ component, cluster, namespace, pointId: id })),
  );
}
