import type { Application } from '../../application/model.ts';
import { DrError, InputError } from '../../errors.ts';
import { type Fence, networkFences, readFences } from '../../fencing/network-fence.ts';
import { type PlanDraft, sealPlan } from '../../planning/assemble.ts';
import { silentIn, withFences } from '../../planning/fence.ts';
import { mayBeAlive, planFailover, risk } from '../../planning/failover.ts';
import { namesPast } from '../../planning/left-out.ts';
import type { Mapping, Plan, PlanRequest } from '../../planning/model.ts';
import type { MovePlace, Origin } from '../../planning/move/inputs.ts';
import { marksOfAll } from '../../planning/diff/marks.ts';
import { planMove } from '../../planning/move/plan.ts';
import { silent, withoutReverse } from '../../planning/move/reasons.ts';
import { componentsOf, remarksOnStaying } from '../../planning/move/staying.ts';
import { isBetter, offering, unfitIn } from '../../planning/move/unfit.ts';
import { choiceOf } from '../../planning/moment.ts';
import { type Place, chosenComponents, placesOf } from '../../planning/places.ts';
import type { SetSource } from '../../planning/recovery-set.ts';
import { arrivalWith } from '../../planning/mapping.ts';
import type { ClusterClient } from '../../ports/cluster.ts';
import type { Reason } from '../../reason.ts';
import { mappingOf, readUntilPortable, withPortableOnly } from './arrived-points.ts';
import type { Assessment } from '../assess.ts';
import { cloneInputs } from '../clone-planner.ts';
import { fencedTarget } from './fenced-target.ts';
import { handoverPlan } from './handover.ts';
import { findApplication } from '../look.ts';
import { awayOf, movesOf } from '../located.ts';
import { momentOf } from './past.ts';
import { copiesInto, readMove } from './move-reader.ts';
import { inseparable, movedTo, originsOf, targetOf } from './moved-places.ts';
import { assertNamespaces, namespacesAt, pointsLeft } from './namespaces.ts';
import { type ChoiceFor, type Ground, type PlannerDeps, chosenGround, pointsIn } from '../plan-ground.ts';
import { withRights } from '../plan-rights.ts';
import { nowAt } from '../now-at.ts';

/**
 * What a move to another cluster starts from: the application as if it were placed at the target, so that its points there are
 * judged by the rules of every other place. Only places on other clusters move.
 */
export async function movePlan(deps: PlannerDeps, assessment: Assessment, asked: PlanRequest, signal?: AbortSignal): Promise<Plan> {
  const application = findApplication(assessment, asked.application);
  if (asked.namespace !== undefined)
    throw new InputError(
      `a namespace of ${application.name} that is called otherwise at the target is named with the one that it comes from`,
      {
        hint: `--map-namespace FROM=${asked.namespace}; or make a copy beside: kubectl dr restore ${application.name} --as ${asked.namespace}`,
      },
    );
  const request = chosenOf(application, asked, assessment);
  const to = targetOf(assessment, request, application.name);
  const now = await nowAt(deps, to, signal);
  const others = deps.clusters.filter(({ name }) => name !== to && isReachable(assessment, name));
  const fenced = await fencedTarget(to, others, assessment.past);
  return sealPlan(await wholeOrPart(deps, assessment, application, request, { to, now, fenced }, signal), now);
}

/** The cluster that a move goes to, what time it is there, and why nothing can go there. */
interface Target {
  to: string;
  now: Date;
  fenced: readonly Reason[];
}

/** Where a part of what is wanted cannot move, and the rest could, that is offered. */
async function wholeOrPart(
  deps: PlannerDeps,
  assessment: Assessment,
  application: Application,
  request: PlanRequest,
  target: Target,
  signal?: AbortSignal,
): Promise<PlanDraft> {
  const whole = await planOf(deps, assessment, application, request, target, signal);
  const without = unfitIn(whole);
  const rest = whole.components.filter((name) => !without.includes(name));
  if (without.length === 0 || rest.length === 0) return whole;
  const partial = await planOf(deps, assessment, application, { ...request, components: rest }, target, signal).catch((error: unknown) => {
    // Nothing of the rest would move, say.
    if (error instanceof InputError) return undefined;
    throw error;
  });
  if (!partial || !isBetter(partial, whole)) return whole;
  const blockers = whole.blockers.map((reason) => offering(reason, without));
  return { ...whole, blockers, partial: { without } };
}

/** What is meant by the request, by name where anything is said. */
function chosenOf(application: Application, { without, ...request }: PlanRequest, assessment: Assessment): PlanRequest {
  const named = request.components ?? comingBack(application, request, assessment);
  const components = componentsOf(application, { ...(named && { components: named }), ...(without && { without }) });
  if (without !== undefined && components?.length === 0)
    throw new InputError(`without ${without.join(' and ')} nothing of ${application.name} is left to move`, {
      hint: `kubectl dr status ${application.name}`,
    });
  return { ...request, ...(components && { components }) };
}

async function planOf(
  deps: PlannerDeps,
  assessment: Assessment,
  application: Application,
  request: PlanRequest,
  { to, now, fenced }: Target,
  signal?: AbortSignal,
): Promise<PlanDraft> {
  const asked = { ...request, ...momentSaid(request, now) };
  const chosen = asked.components;
  const laid = { ...asked, to, at: asked.at ?? now.toISOString() };
  const rest = (own: Application, components: string[]): Promise<PlanDraft> =>
    ownPlan(deps, assessment, own, { ...laid, components }, now, signal);
  const ground = { deps, assessment, application, request: laid, now, ...(chosen && { components: chosen }) };
  const plan = (await handoverPlan(ground, rest, signal)) ?? (await ownPlan(deps, assessment, application, laid, now, signal));
  return withStaying(plan, application, assessment, to, fenced);
}

/** What becomes of the components that do not move is told, and where they cannot be told from those that do, it is blocked. */
function withStaying(plan: PlanDraft, application: Application, assessment: Assessment, to: string, fenced: readonly Reason[]): PlanDraft {
  const { override } = plan.request;
  const remarks = remarksOnStaying(application, plan.components, {
    to,
    isReachable: (cluster) => isReachable(assessment, cluster),
    ...(override !== undefined && { override }),
  });
  const blockers = [...fenced, ...inseparable(application, to, assessment, new Set(plan.components))];
  return { ...plan, blockers: [...plan.blockers, ...blockers], warnings: [...plan.warnings, ...remarks] };
}

function isReachable({ inventory }: Assessment, cluster: string): boolean {
  const reading = inventory.get(cluster)?.reading;
  return reading !== undefined && !reading.unreachable;
}

/** "2h ago" is said once: a plan that is made again means the same moment. */
function momentSaid(asked: PlanRequest, now: Date): Pick<PlanRequest, 'point'> {
  if (!namesPast(asked)) return {};
  const choice = choiceOf(asked.point, now);
  return choice.kind === 'before' ? { point: choice.instant.toISOString() } : {};
}

/** By our own steps, of what no engine moves by itself. */
async function ownPlan(
  deps: PlannerDeps,
  assessment: Assessment,
  application: Application,
  request: PlanRequest & { to: string; at: string },
  now: Date,
  signal?: AbortSignal,
): Promise<PlanDraft> {
  const { to } = request;
  const going = chosenComponents(assessment.status(application), request.components);
  const namespaces = namespacesAt({ application, components: going, to, request, assessment });
  assertNamespaces(namespaces, { application, to, assessment }, deps.tenancy);
  const left = pointsLeft(namespaces, { application, to, assessment });
  const moved = movedTo(application, to, assessment, deps.tenancy, namespaces);
  const isGone = (cluster: string, namespace: string): boolean =>
    assessment.inventory.get(cluster)?.namespace(namespaces[namespace] ?? namespace) === undefined;
  const ground = (): Ground => {
    const fleet = assessment.fleet([moved]);
    const status = withPortableOnly(fleet.applications[0]!, deps.contents, to);
    const components = chosenComponents(status, request.components).filter(({ component }) => component.placements.length > 0);
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
  const chosen = new Set(laid.components.map(({ component }) => component.name));
  const origins = originsOf(application, to, assessment, chosen);
  if (origins.length === 0)
    throw new InputError(`nothing of ${application.name} runs on another cluster than ${to}`, {
      hint: `kubectl dr status ${application.name}`,
    });
  const mapping = { ...mappingOf(request, laid.components, to), ...(Object.keys(namespaces).length > 0 && { namespaces }) };
  const into = (place: Pick<Place, 'namespace'>): string => namespaces[place.namespace] ?? place.namespace;
  // Where something of it is there already, from when it ran there, that is kept, and makes room.
  const isThere = ({ cluster, namespace }: Place): boolean => !isGone(cluster, namespace);
  const continuous =
    request.intent !== 'Failover' ||
    laid.places.some((place) => isThere(place) || copiesInto(laid, { cluster: place.cluster, namespace: into(place) }).length > 0);
  if (continuous) {
    const plan = await continuousPlan(deps, laid, { choiceFor, origins, chosen, mapping, warnings: left }, signal);
    return completed(plan, deps, to, signal);
  }
  const arrival = arrivalWith(mapping);
  const inputs = await cloneInputs(
    deps,
    laid,
    choiceFor,
    {
      target: into,
      origins: (place) => origins.filter(({ namespace }) => namespace === place.namespace),
      arrival: () => arrival,
    },
    signal,
  );
  const plan = planFailover({
    ...inputs,
    warnings: [...inputs.warnings, ...left],
    origins,
    mapping,
  });
  return completed(plan, deps, to, signal);
}

/** Of a failback where nothing else is said: what moves have taken away from there, and is still part of the application. */
function comingBack({ name, components }: Application, asked: PlanRequest, assessment: Assessment): string[] | undefined {
  if (asked.intent !== 'Failback') return undefined;
  const { past } = assessment;
  const to = targetOf(assessment, asked, name);
  const away = [...awayOf(name, past)].flatMap(([component, left]) => (left === to ? [component] : []));
  const back = away.length > 0 ? away : movesOf(name, past).at(-1)?.plan.components;
  return back && components.map((component) => component.name).filter((one) => back.includes(one));
}

/** What has to be said last: fences that are prepared, and what whoever executes may not do. */
async function completed(plan: PlanDraft, deps: PlannerDeps, to: string, signal?: AbortSignal): Promise<PlanDraft> {
  const cluster = deps.clusters.find(({ name }) => name === to);
  if (!cluster) return plan;
  let fences: Fence[] = [];
  let draft = plan;
  try {
    fences = await readFences(cluster, signal);
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'FORBIDDEN') throw error;
    draft = await withoutSight(plan, error, cluster, signal);
  }
  return withRights(withFences(draft, fences), deps, signal);
}

/** Whoever may not see fences has none, and is told so where there could be one that matters. */
async function withoutSight(plan: PlanDraft, error: DrError, cluster: ClusterClient, signal?: AbortSignal): Promise<PlanDraft> {
  if (silentIn(plan).size === 0) return plan;
  const served = await cluster.discover(signal ? { signal } : {});
  if (!served.some(({ group, kind }) => group === networkFences.group && kind === networkFences.kind)) return plan;
  const unseen: Reason = {
    code: 'READING_FORBIDDEN',
    severity: 'warning',
    cluster: cluster.name,
    message: `whether a NetworkFence is prepared cannot be seen, so none is used: ${error.message}`,
    ...(error.hint !== undefined && { fix: error.hint }),
  };
  return { ...plan, warnings: [...plan.warnings, unseen] };
}

/** With copies that are kept at the target. */
async function continuousPlan(
  deps: PlannerDeps,
  laid: Ground,
  going: {
    choiceFor: ChoiceFor;
    origins: readonly Origin[];
    chosen: ReadonlySet<string>;
    mapping: Mapping;
    warnings: readonly Reason[];
  },
  signal?: AbortSignal,
): Promise<PlanDraft> {
  const { assessment, status, components, now, application } = laid;
  const { choiceFor, origins, chosen, mapping } = going;
  const request = { ...laid.request, to: laid.home };
  const blockers: Reason[] = [];
  const warnings: Reason[] = [...going.warnings];
  const places: MovePlace[] = [];
  const basis: Record<string, string> = {};
  const sources: SetSource[] = [];
  const asOf = namesPast(request) ? momentOf(choiceOf(request.point, now), components, laid.home) : undefined;
  for (const cluster of new Set(origins.filter(({ reachable }) => !reachable).map((origin) => origin.cluster))) {
    if (request.intent !== 'Failover') blockers.push(silent(cluster, application.name, laid.home));
    else if (request.override === undefined) blockers.push(mayBeAlive(cluster, application.name));
    else warnings.push(risk(cluster, request.override));
  }
  for (const place of laid.places) {
    const here = origins.filter(({ namespace }) => namespace === place.namespace);
    const [origin] = here;
    if (!origin || here.length > 1)
      throw new InputError(
        `${place.namespace} of ${application.name} runs on ${here.map(({ cluster }) => cluster).join(' and ')}: what has to go is not clear`,
        {
          hint: 'name the components of one of them: --component',
        },
      );
    const { points } = pointsIn(place, choiceFor, request);
    const read = await readMove(
      { deps, ground: laid, request, mapping, chosen, ...(asOf && { asOf }) },
      place,
      origin,
      (component) => points.get(component),
      signal,
    );
    blockers.push(...read.blockers);
    warnings.push(...read.warnings);
    Object.assign(basis, read.basis);
    sources.push(...read.sources);
    if (read.place) places.push(read.place);
  }
  if (request.intent === 'Failback') blockers.push(...withoutReverse(places, assessment.past, application.name));
  return planMove({
    request: { ...request, application: application.name, components: components.map(({ component }) => component.name) },
    status,
    components,
    places,
    mapping,
    isMark: marksOfAll(deps.engines),
    blockers,
    warnings,
    basis,
    sources,
    past: assessment.past,
    now,
  });
}
