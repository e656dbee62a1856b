import type { Application } from '../application/model.ts';
import { InputError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import { enginesOf, noEngine, planBackup } from '../planning/backup.ts';
import { type ClonePlace, planClone } from '../planning/clone.ts';
import { planDrill } from '../planning/drill.ts';
import { sha256 } from '../planning/hash.ts';
import type { InPlacePlace } from '../planning/in-place/inputs.ts';
import { planInPlace } from '../planning/in-place/plan.ts';
import { inventoryOfCaptured } from '../planning/in-place/scope.ts';
import { withCapturedVersions } from '../planning/live-objects.ts';
import type { Intent, Plan, PlanRequest, RestoreMode } from '../planning/model.ts';
import { type Place, assertCapturedOwner, chosenComponents, placesOf } from '../planning/places.ts';
import { newestOf } from '../planning/select-point.ts';
import { readTargetFacts } from '../planning/target-facts.ts';
import { accessForChecks } from '../planning/verification.ts';
import { type KubeObject, types } from '../ports/kubernetes.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { Assessment } from './assess.ts';
import { foresee, whyDown } from './engine-answers.ts';
import { contentsOf, readInPlace } from './in-place-reader.ts';
import { engineHome, engineNamespace, findApplication } from './look.ts';
import type { Fleet } from './model.ts';
import {
  type Ground,
  type PlannerDeps,
  byEngine,
  chosenGround,
  clientOf,
  contextOf,
  isExclusive,
  pinsOf,
  pointsIn,
} from './plan-ground.ts';

/** Reads what a plan needs beyond the assessment, and lets the pure planners of `planning/` decide. */
export async function makePlan(deps: PlannerDeps, assessment: Assessment, asked: PlanRequest, signal?: AbortSignal): Promise<Plan> {
  if (asked.intent !== 'Backup' && asked.intent !== 'Restore' && asked.intent !== 'Drill')
    throw new InputError(`a plan for ${asked.intent} cannot be made yet`);
  const application = findApplication(assessment, asked.application);
  const isGone = (cluster: string, namespace: string): boolean => {
    const inventory = assessment.inventory.get(cluster);
    return inventory !== undefined && !inventory.reading.unreachable && inventory.namespace(namespace) === undefined;
  };
  const lie = (): Pick<Ground, 'fleet' | 'status' | 'components' | 'places'> => {
    const fleet = assessment.fleet([application]);
    const status = fleet.applications[0]!;
    const components = chosenComponents(status, asked.components);
    return { fleet, status, components, places: placesOf(fleet, application, components, isGone) };
  };
  const { fleet, places } = lie();
  const home = places[0]?.cluster ?? homeless(fleet);
  // Whoever executes it elsewhere has another clock: a plan lives by that of the cluster that keeps its journal.
  const now = await nowAt(deps, home, signal);
  const request = { ...asked, at: asked.at ?? now.toISOString() };
  const ground = (): Ground => ({ request, now, home, assessment, application, ...lie() });
  if (request.intent === 'Backup') return backupPlan(deps, ground(), isGone, signal);
  if (request.intent === 'Drill') assertDrill(request);
  return (request.mode ?? 'clone') === 'clone' ? clonePlan(deps, ground, signal) : inPlacePlan(deps, ground, signal);
}

async function backupPlan(
  deps: PlannerDeps,
  ground: Ground,
  isGone: (cluster: string, namespace: string) => boolean,
  signal?: AbortSignal,
): Promise<Plan> {
  const { fleet, status, components, places, request, assessment, application, now, home } = ground;
  const chosen = new Set(components.map(({ component }) => component.name));
  const blockers: Reason[] = places
    .filter(({ cluster, namespace }) => isGone(cluster, namespace))
    .map(({ cluster, namespace }) => ({
      code: 'NAMESPACE_MISSING',
      severity: 'blocker',
      cluster,
      message: `the namespace ${namespace} does not exist on ${cluster}: there is nothing to back up`,
      fix: `bring it back: kubectl dr restore ${status.application.name}`,
    }));
  const asked = new Set<string>();
  for (const place of places) {
    for (const { engine } of enginesOf({ fleet, engines: deps.engines }, place)) {
      const key = engine && `${place.cluster}/${engine.id}/${engine.namespace}`;
      if (!key || asked.has(key)) continue;
      asked.add(key);
      const down = await whyDown(deps, place.cluster, engine, signal);
      if (down) blockers.push(down);
    }
  }
  const inputs = {
    request: { ...request, application: status.application.name, components: components.map(({ component }) => component.name) },
    fleet,
    status,
    components,
    places: places.map((place) => ({ ...place, exclusive: isExclusive(assessment.applications, application, chosen, place) })),
    engines: deps.engines,
    blockers,
    past: assessment.past,
    now,
    home,
  };
  const draft = await planBackup(inputs);
  if (blockers.length > 0) return draft;
  const foreseen = (await Promise.all(draft.waves.flat().map((step) => foresee(deps, step, signal)))).flat();
  if (foreseen.length === 0) return draft;
  return planBackup({
    ...inputs,
    blockers: foreseen.filter(({ severity }) => severity === 'blocker'),
    warnings: foreseen.filter(({ severity }) => severity !== 'blocker'),
  });
}

async function inPlacePlan(deps: PlannerDeps, lay: () => Ground, signal?: AbortSignal): Promise<Plan> {
  const { ground, choiceFor } = await chosenGround(deps, lay, signal);
  const { status, components, places, request, assessment, application, now, home } = ground;
  const mode = request.mode as Exclude<RestoreMode, 'clone'>;
  const chosen = new Set(components.map(({ component }) => component.name));
  const blockers: Reason[] = [];
  const read: InPlacePlace[] = [];
  const parts: { place: Place; points: Map<string, RecoveryPoint> }[] = [];
  for (const place of places) {
    const chosenPoints = pointsIn(place, choiceFor, request);
    blockers.push(...chosenPoints.blockers);
    parts.push(...byEngine(place, chosenPoints.points));
  }
  for (const { place, points } of parts) {
    const engine = deps.engines.find(({ id, capabilities }) => capabilities.inPlace && [...points.values()][0]?.engine === id);
    const namespace = engine && engineHome(assessment, place.cluster, engine.id, place.namespace);
    if (!engine || namespace === undefined) {
      blockers.push(noEngine(place.cluster));
      continue;
    }
    const down = await whyDown(deps, place.cluster, { id: engine.id, namespace }, signal);
    if (down) {
      blockers.push(down);
      // Who is down cannot tell what is in its points.
      continue;
    }
    if (engine.foresee && mode !== 'configOnly') {
      const context = contextOf(deps, place.cluster, namespace, signal);
      for (const point of new Set(points.values())) {
        const restore = { point, namespaces: [place.namespace], namespaceMapping: {} };
        blockers.push(...(await engine.foresee(context, { restore })).filter(({ severity }) => severity === 'blocker'));
      }
    }
    const made = await readInPlace(
      {
        place,
        points,
        engine,
        engineNamespace: namespace,
        cluster: clientOf(deps, place.cluster),
        clock: deps.clock,
        contents: deps.contents,
        assessment,
        exclusive: isExclusive(assessment.applications, application, chosen, place),
        mode,
      },
      signal,
    );
    read.push(made);
    if (mode === 'configOnly' || !isMoved(made)) continue;
    const agent = await whyDown(deps, place.cluster, { id: engine.id, namespace }, signal, (driver, context) =>
      driver.pingMover?.(context),
    );
    if (agent) blockers.push(agent);
  }
  const inputs = {
    request: {
      ...request,
      application: application.name,
      mode,
      components: components.map(({ component }) => component.name),
      pins: pinsOf(read),
    },
    mode,
    status,
    components,
    places: read,
    past: assessment.past,
    blockers,
    now,
    home,
  };
  const draft = await planInPlace(inputs);
  // The copies that are made first have to be possible as well.
  const foreseen = (await Promise.all(draft.waves.flat().map((step) => foresee(deps, step, signal)))).flat();
  const inTheWay = foreseen.filter(({ severity }) => severity === 'blocker').map(asCopy);
  return inTheWay.length === 0 ? draft : planInPlace({ ...inputs, blockers: [...blockers, ...inTheWay] });
}

/** What is in the way of a copy of the present state alone can be gone without. */
function asCopy(reason: Reason): Reason {
  return { ...reason, fix: `${reason.fix ?? 'look at it'}; or go without a copy of the present state: --safety-backup=false` };
}

/** Does any of its volumes need something on the nodes to carry the data? */
function isMoved({ points, contents, evidence, namespace }: InPlacePlace): boolean {
  return [...points.values()].some((point) =>
    [...(contents.get(point.id)?.volumes ?? []), ...(evidence.get(point.id) ?? [])].some(
      (volume) =>
        volume.namespace === namespace &&
        volume.state === 'captured' &&
        (volume.method === 'data-mover' || volume.method === 'file-system'),
    ),
  );
}

async function clonePlan(deps: PlannerDeps, lay: () => Ground, signal?: AbortSignal): Promise<Plan> {
  const { ground, choiceFor } = await chosenGround(deps, lay, signal);
  const { fleet, status, components, places, request, assessment, application, now, home } = ground;
  const chosen = new Set(components.map(({ component }) => component.name));
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  const clonePlaces: ClonePlace[] = [];
  const suffix = await suffixOf(request.at, application.name);
  for (const place of places) {
    const { points, ...found } = pointsIn(place, choiceFor, request, request.allowMissingVolumes);
    blockers.push(...found.blockers);
    warnings.push(...found.warnings);
    const target = targetOf(place, places, request, suffix);
    const made = await clonePlace(deps, { place, target, points, assessment, application, chosen, intent: request.intent }, signal);
    if (made) clonePlaces.push(made);
    // Where a point was refused, its reason is the one to act on.
    else if (found.blockers.length === 0) blockers.push(noEngine(place.cluster));
  }
  return (request.intent === 'Drill' ? planDrill : planClone)({
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
  });
}

/** What one place needs: its engine, what its points hold, what the target offers, and who else lives there. */
async function clonePlace(
  deps: PlannerDeps,
  ground: {
    place: Place;
    /** Namespace of the copy. */
    target: string;
    points: Map<string, RecoveryPoint>;
    assessment: Assessment;
    application: Application;
    chosen: ReadonlySet<string>;
    intent: Intent;
  },
  signal?: AbortSignal,
): Promise<ClonePlace | undefined> {
  const { place, target, points, assessment, application, chosen, intent } = ground;
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
  const access = [
    { verb: 'create', type: types.namespaces },
    ...(intent === 'Drill' ? [{ verb: 'delete', type: types.namespaces }] : []),
    ...accessForChecks(workloads, target),
  ];
  const facts = await readTargetFacts(cluster, { namespaces: [], served, access }, signal);
  return {
    ...place,
    engine,
    engineNamespace: namespace,
    target,
    targetExists: assessment.inventory.get(place.cluster)?.namespace(target) !== undefined,
    exclusive: isExclusive(assessment.applications, application, chosen, place),
    points,
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
function assertDrill({ mode = 'clone', isolate = true }: PlanRequest): void {
  if (mode !== 'clone') throw new InputError(`a drill restores beside, never ${mode}`);
  if (!isolate)
    throw new InputError('a drill is always isolated', { hint: 'make a copy that is not: kubectl dr restore APP --isolate=false' });
}

async function suffixOf(at: string, application: string): Promise<string> {
  return (await sha256(`${at} ${application}`)).slice(0, 5);
}

async function nowAt({ clusters, clock }: PlannerDeps, name: string, signal?: AbortSignal): Promise<Date> {
  return (await clusters.find((cluster) => cluster.name === name)?.now(signal ? { signal } : {})) ?? clock.now();
}

/** Where the journal of a plan without any place would lie: the plan is blocked, so it never does. */
function homeless(fleet: Fleet): string {
  return fleet.clusters.find(({ reachable }) => reachable)?.name ?? '';
}
