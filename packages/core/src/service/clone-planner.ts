import { someOf } from '../some-of.ts';
import type { Application } from '../application/model.ts';
import { InputError } from '../errors.ts';
import { type PlanDraft, nameFor } from '../planning/assemble.ts';
import { noEngine } from '../planning/backup.ts';
import { planClone } from '../planning/clone.ts';
import type { Arrival, CloneInputs, ClonePlace, CopiedData } from '../planning/clone-inputs.ts';
import { planDrill } from '../planning/drill.ts';
import { sha256 } from '../planning/hash.ts';
import { inventoryOfCaptured } from '../planning/in-place/scope.ts';
import { withCapturedVersions } from '../planning/live-objects.ts';
import type { PlanRequest, Step } from '../planning/model.ts';
import { type Place, assertCapturedOwner } from '../planning/places.ts';
import { newestOf } from '../planning/select-point.ts';
import { readTargetFacts } from '../planning/target-facts.ts';
import { accessForChecks } from '../planning/verification.ts';
import { type KubeObject, types } from '../ports/kubernetes.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { Assessment } from './assess.ts';
import type { ComponentStatus } from './model.ts';
import { contentsOf } from './in-place-reader.ts';
import { engineNamespace } from './look.ts';
import {
  type ChoiceFor,
  type Ground,
  type PlannerDeps,
  chosenGround,
  contextOf,
  hiddenPoints,
  isExclusive,
  pinsOf,
  pointsIn,
} from './plan-ground.ts';
import { withRights } from './plan-rights.ts';

/** How copies of the places are made: what they are called, and whose the namespaces are. */
export interface Copying {
  target(place: Place): string;
  /** Where the place is shared or not: itself, or where it comes from. */
  origins(place: Place): Pick<Place, 'cluster' | 'namespace'>[];
  /** What continuous copies hold of a place, whose points and their objects these are. */
  copies?(place: Place, read: ReadPoints): Map<string, CopiedData>;
  /** What changes in one place on its way to another cluster. */
  arrival?(place: Place): Arrival | undefined;
}

/** The points of one place, by component, and what they captured, by point id. */
export interface ReadPoints {
  /** Namespace that the copy is made in. */
  target: string;
  points: ReadonlyMap<string, RecoveryPoint>;
  captured: ReadonlyMap<string, KubeObject[]>;
}

/** What is different where the copy is made on another cluster than that of the original. */
export interface Elsewhere {
  origins: Copying['origins'];
  arrival(place: Place, components: readonly ComponentStatus[]): Arrival | undefined;
  copies(place: Place, read: ReadPoints, ground: Ground): Map<string, CopiedData>;
  blockers(inputs: CloneInputs): Reason[];
}

/** A copy beside, or on another cluster: for somebody to look at, or to prove that it can be made. */
export async function clonePlan(deps: PlannerDeps, lay: () => Ground, signal?: AbortSignal, elsewhere?: Elsewhere): Promise<PlanDraft> {
  const { ground, choiceFor } = await chosenGround(deps, lay, signal);
  const { request, application, places, components } = ground;
  const suffix = (await sha256(`${request.at} ${application.name}`)).slice(0, 5);
  const read = await cloneInputs(
    deps,
    ground,
    choiceFor,
    {
      target: (place) => targetOf(place, places, request, suffix),
      origins: elsewhere?.origins ?? ((place) => [place]),
      ...(elsewhere && {
        arrival: (place) => elsewhere.arrival(place, components),
        copies: (place, found) => elsewhere.copies(place, found, ground),
      }),
    },
    signal,
  );
  const inputs = elsewhere ? { ...read, blockers: [...read.blockers, ...elsewhere.blockers(read)] } : read;
  const plan = request.intent === 'Drill' ? planDrill : planClone;
  const draft = plan(inputs);
  const harmful = draft.waves.flat().flatMap((step) => harmfulCopy(deps, step));
  const made = harmful.length === 0 ? draft : plan({ ...inputs, blockers: [...inputs.blockers, ...harmful] });
  return request.intent === 'Drill' ? withRights(made, deps, signal) : made;
}

/** What has to be changed on its way, so that a copy does not act in the world, by an engine that changes nothing. */
function harmfulCopy({ engines }: PlannerDeps, { action, cluster, component }: Step): Reason[] {
  if (action.kind !== 'engine.restore' || action.request.rewrites.length === 0) return [];
  const engine = engines.find(({ id }) => id === action.engine);
  if (engine?.rewrites !== false) return [];
  const names = action.request.rewrites.map(({ resource, namespace, name }) => `${resource} ${namespace}/${name}`);
  return [
    {
      code: 'CLONE_REWRITE',
      severity: 'blocker',
      cluster,
      ...(component !== undefined && { component }),
      message: `${engine.title} brings objects back as they were, so that ${someOf(names)} of the copy would act in the world`,
      evidence: names.slice(0, 8),
      fix: 'Take a point of another engine (--point), or back up with one first.',
    },
  ];
}

/** Everything that is read for copies of the chosen components, each place with its points. */
export async function cloneInputs(
  deps: PlannerDeps,
  ground: Ground,
  choiceFor: ChoiceFor,
  copying: Copying,
  signal?: AbortSignal,
): Promise<CloneInputs> {
  const { fleet, status, components, places, request, assessment, application, now, home } = ground;
  const chosen = new Set(components.map(({ component }) => component.name));
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  const clonePlaces: ClonePlace[] = [];
  for (const place of places) {
    const { points, ...found } = pointsIn(place, choiceFor, request, request.allowMissingVolumes);
    blockers.push(...(hiddenPoints(deps, assessment, place, points) ?? found.blockers));
    warnings.push(...found.warnings);
    const made = await clonePlace(deps, { place, copying, points, assessment, application, chosen }, signal);
    if (made) clonePlaces.push(made);
    // Where a point was refused, its reason is the one to act on.
    else if (found.blockers.length === 0) blockers.push(noEngine(place.cluster));
  }
  return {
    request: {
      ...request,
      application: application.name,
      mode: 'clone',
      components: components.map(({ component }) => component.name),
      pins: pinsOf(clonePlaces),
    },
    fleet,
    status,
    components,
    places: clonePlaces,
    blockers,
    warnings,
    past: assessment.past,
    now,
    home,
  };
}

/** What one place needs: its engine, what its points hold, what the target offers, and who else lives there. */
async function clonePlace(
  deps: PlannerDeps,
  ground: {
    place: Place;
    copying: Copying;
    points: Map<string, RecoveryPoint>;
    assessment: Assessment;
    application: Application;
    chosen: ReadonlySet<string>;
  },
  signal?: AbortSignal,
): Promise<ClonePlace | undefined> {
  const { place, copying, points, assessment, application, chosen } = ground;
  const target = copying.target(place);
  const arrival = copying.arrival?.(place);
  const newest = newestOf([...points.values()]);
  const engine = deps.engines.find(({ id, capabilities }) => capabilities.clone && (newest === undefined || id === newest.engine));
  const namespace = engine && engineNamespace(assessment, place.cluster, engine.id);
  if (!engine || namespace === undefined) return undefined;
  const context = contextOf(deps, place.cluster, namespace, signal);
  const { cluster } = context;
  const captured = new Map<string, KubeObject[]>();
  for (const point of new Set(points.values())) {
    const objects = await engine.objects(context, point, [place.namespace]);
    assertCapturedOwner(place, objects);
    captured.set(point.id, objects);
  }
  await deps.contents.read([...new Set(points.values())], () => namespace, signal);
  const all = [...captured.values()].flat();
  const served = await withCapturedVersions(cluster, place.namespace, all, await cluster.discover(signal ? { signal } : {}), signal);
  const workloads = inventoryOfCaptured(all, place.namespace)?.workloads ?? [];
  const access = [{ verb: 'create', type: types.namespaces }, ...accessForChecks(workloads, target)];
  const facts = await readTargetFacts(cluster, { namespaces: [], served, access }, signal);
  return {
    ...place,
    engine,
    engineNamespace: namespace,
    target,
    targetExists: assessment.inventory.get(place.cluster)?.namespace(target) !== undefined,
    exclusive: copying.origins(place).every((origin) => isExclusive(assessment.applications, application, chosen, origin)),
    ...(arrival && { arrival }),
    points,
    copies: copying.copies?.(place, { target, points, captured }) ?? new Map(),
    captured,
    facts,
    contents: new Map([...new Set(points.values())].map((point) => [point.id, contentsOf(deps.contents.get(point.id))])),
  };
}

/** `--as` names it; several source namespaces of one cluster need several names. */
function targetOf(
  place: Place,
  places: readonly Place[],
  { namespace: asked, intent }: Pick<PlanRequest, 'namespace' | 'intent'>,
  suffix: string,
): string {
  if (asked === undefined) return nameFor(`${place.namespace.slice(0, 48)}-${intent.toLowerCase()}-${suffix}`);
  const beside = places.filter(({ cluster }) => cluster === place.cluster);
  return beside.length === 1 ? asked : nameFor(`${asked}-${place.namespace}`);
}

/** A drill must not touch anything that runs, nor reach it. */
export function assertDrill({ mode = 'clone', isolate = true }: PlanRequest): void {
  if (mode !== 'clone') throw new InputError(`a drill restores beside, never ${mode}`);
  if (!isolate)
    throw new InputError('a drill is always isolated', { hint: 'make a copy that is not: kubectl dr restore APP --isolate=false' });
}
