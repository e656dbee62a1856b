import type { Application } from '../application/model.ts';
import { InputError, asDrError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import { enginesOf, noEngine, planBackup } from '../planning/backup.ts';
import { type ClonePlace, planClone } from '../planning/clone.ts';
import { sha256 } from '../planning/hash.ts';
import type { InPlacePlace } from '../planning/in-place/inputs.ts';
import { inventoryOfCaptured } from '../planning/in-place/scope.ts';
import { planInPlace } from '../planning/in-place/plan.ts';
import { withCapturedVersions } from '../planning/live-objects.ts';
import type { Plan, PlanRequest, RestoreMode, Step } from '../planning/model.ts';
import { type Choice, choiceOf } from '../planning/moment.ts';
import { type Place, assertCapturedOwner, chosenComponents, placesOf } from '../planning/places.ts';
import { assertKnown, candidatesFor, newestOf, openCandidates, selectPoint, suits } from '../planning/select-point.ts';
import { readTargetFacts } from '../planning/target-facts.ts';
import { accessForChecks } from '../planning/verification.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine, EngineContext } from '../ports/engine.ts';
import { type KubeObject, types } from '../ports/kubernetes.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { Assessment } from './assess.ts';
import { type LookDeps, decide, engineHome, engineNamespace, findApplication } from './look.ts';
import { contentsOf, readInPlace } from './in-place-reader.ts';
import type { ApplicationStatus, ComponentStatus, Fleet } from './model.ts';

export interface PlannerDeps extends LookDeps {
  clusters: readonly ClusterClient[];
}

/** Everything that both kinds of plan start from. */
interface Ground {
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

/** Reads what a plan needs beyond the assessment, and lets the pure planners of `planning/` decide. */
export async function makePlan(deps: PlannerDeps, assessment: Assessment, asked: PlanRequest, signal?: AbortSignal): Promise<Plan> {
  if (asked.intent !== 'Backup' && asked.intent !== 'Restore') throw new InputError(`a plan for ${asked.intent} cannot be made yet`);
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

/** What the engine of a step to back up sees coming. */
async function foresee(deps: PlannerDeps, { action, cluster, component }: Step, signal?: AbortSignal): Promise<Reason[]> {
  const engine = action.kind === 'engine.backup' && deps.engines.find(({ id }) => id === action.engine);
  if (!engine || !engine.foresee) return [];
  const context = { cluster: clientOf(deps, cluster), clock: deps.clock, namespace: action.engineNamespace, ...(signal && { signal }) };
  const reasons = await engine.foresee(context, { backup: action.request });
  return reasons.map((reason) => ({ ...reason, ...(component !== undefined && { component }) }));
}

/** A backup that nobody carries out would be waited for in vain. */
async function whyDown(
  deps: PlannerDeps,
  clusterName: string,
  engine: { id: string; namespace: string },
  signal?: AbortSignal,
  ask: (driver: Engine, context: EngineContext) => Promise<unknown> | undefined = (driver, context) => driver.ping(context),
): Promise<Reason | undefined> {
  const cluster = clientOf(deps, clusterName);
  const driver = deps.engines.find(({ id }) => id === engine.id)!;
  try {
    await ask(driver, { cluster, clock: deps.clock, namespace: engine.namespace, ...(signal && { signal }) });
    return undefined;
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    const error = asDrError(thrown);
    // Who may not ask may still be allowed to back up.
    if (error.code === 'FORBIDDEN') return undefined;
    return {
      code: 'ENGINE_DOWN',
      severity: 'blocker',
      cluster: clusterName,
      message: error.message,
      ...(error.hint && { fix: error.hint }),
    };
  }
}

/** What is meant for a component in one place: a component in several may need a point for each. */
type ChoiceFor = (component: string, place: Pick<Place, 'cluster' | 'namespace'>) => Choice;

/** The application with the contents of those points read that decide the choice, and the choice for each component and place. */
async function chosenGround(deps: PlannerDeps, lay: () => Ground, signal?: AbortSignal): Promise<{ ground: Ground; choiceFor: ChoiceFor }> {
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
function pointsIn(
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

/** Engines bring back each its own: components of one place whose points are of several are worked on one after the other. */
function byEngine(place: Place, points: ReadonlyMap<string, RecoveryPoint>): { place: Place; points: Map<string, RecoveryPoint> }[] {
  const ids = [...new Set([...points.values()].map(({ engine }) => engine))];
  if (ids.length === 1) return [{ place, points: new Map(points) }];
  return ids.map((id) => {
    const own = new Map([...points].filter(([, point]) => point.engine === id));
    return { place: { ...place, components: place.components.filter(({ status }) => own.has(status.component.name)) }, points: own };
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
      const context = { cluster: clientOf(deps, place.cluster), clock: deps.clock, namespace, ...(signal && { signal }) };
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
  const pins = read.flatMap((place) =>
    [...place.points].map(([component, { id }]) => ({ component, cluster: place.cluster, namespace: place.namespace, pointId: id })),
  );
  return planInPlace({
    request: {
      ...request,
      application: application.name,
      mode,
      components: components.map(({ component }) => component.name),
      pins,
    },
    mode,
    status,
    components,
    places: read,
    past: await deps.operations(signal),
    blockers,
    now,
    home,
  });
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
    const target = targetOf(place, places, request.namespace, suffix);
    const made = await clonePlace(deps, { place, target, points, assessment, application, chosen }, signal);
    if (made) clonePlaces.push(made);
    else blockers.push(noEngine(place.cluster));
  }
  const pins = clonePlaces.flatMap((place) =>
    [...place.points].map(([component, { id }]) => ({ component, cluster: place.cluster, namespace: place.namespace, pointId: id })),
  );
  return planClone({
    request: {
      ...request,
      application: application.name,
      mode: 'clone',
      components: components.map(({ component }) => component.name),
      pins,
    },
    fleet,
    status,
    components,
    places: clonePlaces,
    blockers,
    warnings,
    now,
    home,
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
  },
  signal?: AbortSignal,
): Promise<ClonePlace | undefined> {
  const { place, target, points, assessment, application, chosen } = ground;
  const newest = newestOf([...points.values()]);
  const engine = deps.engines.find(({ id, capabilities }) => capabilities.clone && (newest === undefined || id === newest.engine));
  const namespace = engine && engineNamespace(assessment, place.cluster, engine.id);
  if (!engine || namespace === undefined) return undefined;
  const cluster = clientOf(deps, place.cluster);
  const context = { cluster, clock: deps.clock, namespace, ...(signal && { signal }) };
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
    exclusive: isExclusive(assessment.applications, application, chosen, place),
    points,
    captured,
    facts,
    contents: new Map([...new Set(points.values())].map((point) => [point.id, contentsOf(deps.contents.get(point.id))])),
  };
}

/** Nobody else's components live in the namespace, and all of this application's are wanted. */
function isExclusive(all: readonly Application[], own: Application, chosen: ReadonlySet<string>, { cluster, namespace }: Place): boolean {
  const here = (application: Application, taken: (name: string) => boolean): boolean =>
    application.components.some(
      (component) =>
        !taken(component.name) &&
        component.placements.some(
          (placement) => placement.namespace === namespace && placement.cluster === cluster && placement.claim !== 'unclaimed',
        ),
    );
  return !all.some((application) => here(application, (name) => application.name === own.name && chosen.has(name)));
}

/** `--as` names it; several source namespaces of one cluster need several names. */
function targetOf(place: Place, places: readonly Place[], asked: string | undefined, suffix: string): string {
  if (asked === undefined) return nameFor(`${place.namespace.slice(0, 48)}-restore-${suffix}`);
  const beside = places.filter(({ cluster }) => cluster === place.cluster);
  return beside.length === 1 ? asked : nameFor(`${asked}-${place.namespace}`);
}

async function suffixOf(at: string, application: string): Promise<string> {
  return (await sha256(`${at} ${application}`)).slice(0, 5);
}

async function nowAt({ clusters, clock }: PlannerDeps, name: string, signal?: AbortSignal): Promise<Date> {
  return (await clusters.find((cluster) => cluster.name === name)?.now(signal ? { signal } : {})) ?? clock.now();
}

function clientOf(deps: PlannerDeps, name: string): ClusterClient {
  return deps.clusters.find((cluster) => cluster.name === name)!;
}

/** Where the journal of a plan without any place would lie: the plan is blocked, so it never does. */
function homeless(fleet: Fleet): string {
  return fleet.clusters.find(({ reachable }) => reachable)?.name ?? '';
}
