import { InputError } from '../errors.ts';
import { type PlanDraft, sealPlan } from '../planning/assemble.ts';
import { isMove } from '../planning/intent.ts';
import { enginesOf, noEngine, planBackup } from '../planning/backup.ts';
import type { InPlacePlace } from '../planning/in-place/inputs.ts';
import { planInPlace } from '../planning/in-place/plan.ts';
import type { Plan, PlanRequest, RestoreMode } from '../planning/model.ts';
import { type Place, chosenComponents, placesOf } from '../planning/places.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import type { Assessment } from './assess.ts';
import { assertDrill, clonePlan } from './clone-planner.ts';
import { foresee, whyDown } from './engine-answers.ts';
import { hiddenKinds, withoutHidden } from './hidden-kinds.ts';
import { type ReadPlace, readInPlace } from './in-place-reader.ts';
import { engineHome, findApplication } from './look.ts';
import type { Fleet } from './model.ts';
import { answering } from './moves/moved-places.ts';
import {
  type Ground,
  type PlannerDeps,
  byEngine,
  chosenGround,
  clientOf,
  contextOf,
  isExclusive,
  pinsOf,
  hiddenPoints,
  pointsIn,
} from './plan-ground.ts';
import { clocksAt, nowAt } from './now-at.ts';
import { withSetMoment } from './set-moment.ts';

/** Reads what a plan needs beyond the assessment, and lets the pure planners of `planning/` decide. */
export async function makePlan(deps: PlannerDeps, assessment: Assessment, given: PlanRequest, signal?: AbortSignal): Promise<Plan> {
  const asked = withSetMoment(assessment, given);
  if (isMove(asked.intent)) return (await import('./moves/move-planner.ts')).movePlan(deps, assessment, asked, signal);
  if (asked.without !== undefined)
    throw new InputError(`components are left out of a move to another cluster, not of a ${asked.intent.toLowerCase()}`, {
      hint: 'name those that are meant instead: --component',
    });
  if (asked.namespaces !== undefined)
    throw new InputError(`namespaces are called otherwise by a move to another cluster, not by a ${asked.intent.toLowerCase()}`, {
      hint: `kubectl dr failover ${asked.application} --map-namespace FROM=TO; or a copy beside: kubectl dr restore ${asked.application} --as NAME`,
    });
  if (asked.intent === 'Drill') assertDrill(asked);
  if (asked.intent === 'Drill' && asked.on !== undefined)
    return (await import('./drill-on.ts')).drillOn(deps, assessment, { ...asked, on: answering(assessment.inventory, asked.on) }, signal);
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
  return sealPlan(await draftOf(deps, ground, isGone, signal), now);
}

function draftOf(
  deps: PlannerDeps,
  lay: () => Ground,
  isGone: (cluster: string, namespace: string) => boolean,
  signal?: AbortSignal,
): Promise<PlanDraft> {
  const ground = lay();
  const { intent, mode = 'clone' } = ground.request;
  if (intent === 'Backup') return backupPlan(deps, ground, isGone, signal);
  // A drill never goes another way: it is refused there in any other mode.
  return intent === 'Drill' || mode === 'clone' ? clonePlan(deps, lay, signal) : inPlacePlan(deps, lay, signal);
}

async function backupPlan(
  deps: PlannerDeps,
  ground: Ground,
  isGone: (cluster: string, namespace: string) => boolean,
  signal?: AbortSignal,
): Promise<PlanDraft> {
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
  const draft = planBackup(inputs);
  if (blockers.length > 0) return draft;
  const foreseen = (await Promise.all(draft.waves.flat().map((step) => foresee(deps, step, signal)))).flat();
  if (foreseen.length === 0) return draft;
  return planBackup({
    ...inputs,
    blockers: foreseen.filter(({ severity }) => severity === 'blocker'),
    warnings: foreseen.filter(({ severity }) => severity !== 'blocker'),
  });
}

async function inPlacePlan(deps: PlannerDeps, lay: () => Ground, signal?: AbortSignal): Promise<PlanDraft> {
  const { ground, choiceFor } = await chosenGround(deps, lay, signal);
  const { status, components, places, request, assessment, application, now, home } = ground;
  const mode = request.mode as Exclude<RestoreMode, 'clone'>;
  const chosen = new Set(components.map(({ component }) => component.name));
  const clocks = clocksAt(ground);
  const blockers: Reason[] = [];
  const read: ReadPlace[] = [];
  const parts: { place: Place; points: Map<string, RecoveryPoint> }[] = [];
  for (const place of places) {
    const chosenPoints = pointsIn(place, choiceFor, request);
    blockers.push(...(hiddenPoints(deps, assessment, place, chosenPoints.points) ?? chosenPoints.blockers));
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
        now: clocks.get(place.cluster) ?? now,
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
  const hidden = read.flatMap((place) => hiddenKinds(place, draft.changes));
  if (hidden.length > 0) return planInPlace({ ...inputs, places: read.map(withoutHidden), blockers: [...blockers, ...hidden] });
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

/** Where the journal of a plan without any place would lie: the plan is blocked, so it never does. */
function homeless(fleet: Fleet): string {
  return fleet.clusters.find(({ reachable }) => reachable)?.name ?? '';
}
