import type { Application, Component } from '../../application/model.ts';
import { DrError, InputError } from '../../errors.ts';
import { mayBeAlive, risk } from '../../planning/failover.ts';
import { sha256 } from '../../planning/hash.ts';
import { isMove } from '../../planning/intent.ts';
import type { Mapping, MoveOrder, PlanRequest } from '../../planning/model.ts';
import { type Handed, bridged, handOver, markOf } from '../../planning/move/handover.ts';
import type { Origin } from '../../planning/move/inputs.ts';
import { placesOf } from '../../planning/places.ts';
import { checkUnreadable } from '../../planning/verification.ts';
import { type PlanDraft, nameFor } from '../../planning/assemble.ts';
import { namesPast } from '../../planning/left-out.ts';
import type { Engine } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { MoveKind, MovePreview, Mover } from '../../ports/mover.ts';
import type { ManagedApplication } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { Assessment } from '../assess.ts';
import { mappingOf } from './arrived-points.ts';
import { beyond } from './beyond.ts';
import { fitOf } from './handed-fit.ts';
import { type SteeredIntent, kindOf, nameAt, steeredBy } from './managed.ts';
import type { ComponentStatus } from '../model.ts';
import { movedTo, originsOf } from './moved-places.ts';
import { type PlannerDeps, clientOf } from '../plan-ground.ts';
import { withRights } from '../plan-rights.ts';
import { joinedPlan } from './joined-plan.ts';

export interface HandoverGround {
  deps: PlannerDeps;
  assessment: Assessment;
  application: Application;
  request: PlanRequest & { to: string; at: string };
  /** Names; absent: all. */
  components?: readonly string[];
  now: Date;
}

/** Plans what no engine manages, of these components alone. */
type PlanRest = (application: Application, components: string[]) => Promise<PlanDraft>;

/**
 * The plan of a move of an application of which engines move something by themselves, the rest of it planned by `planRest`.
 * Undefined: no engine does. Nothing is written.
 */
export async function handoverPlan(ground: HandoverGround, planRest: PlanRest, signal?: AbortSignal): Promise<PlanDraft | undefined> {
  const { deps, application, request, now } = ground;
  const intent = request.intent;
  if (!isMove(intent)) return undefined;
  const handing = await handingOf(ground, () => true, signal);
  if (!handing) return undefined;
  const { wanted, names, handed, blockers, warnings } = handing;
  const { to } = request;
  const others = wanted.filter(({ name, placements }) => !names.has(name) && placements.some(({ cluster }) => cluster !== to));
  const rest =
    others.length === 0
      ? undefined
      : await planRest(
          { ...application, components: bridged(application.components, names) },
          others.map(({ name }) => name),
        );
  const mapping = notApplied(request, handed, rest);
  const part = handOver(application.name, handed, rest?.waves ?? [], now);
  const all = wanted.filter(({ name }) => names.has(name) || others.some((other) => other.name === name)).map(({ name }) => name);
  const release = [...part.release, ...(rest?.undo.release ?? [])];
  const plan: PlanDraft = {
    ...joinedPlan(ground, intent, all, handed, part, rest),
    request: { ...(rest?.request ?? request), application: application.name, components: all, isolate: false },
    ...(rest?.skewSeconds !== undefined && { skewSeconds: rest.skewSeconds }),
    blockers: distinct([...blockers, ...(rest?.blockers ?? []), ...mapping.filter(({ severity }) => severity === 'blocker')]),
    warnings: distinct([
      ...warnings,
      ...handed.flatMap(({ brings }) => uncheckedOf(brings.unchecked)),
      ...(rest?.warnings ?? []),
      ...mapping.filter(({ severity }) => severity !== 'blocker'),
    ]),
    undo: {
      text: `move it back as it came: kubectl dr failback ${application.name}`,
      possible: false,
      ...(release.length > 0 && { release }),
    },
    home: to,
  };
  return withRights(plan, deps, signal);
}

/** What an engine moves by itself arrives as it is: what somebody asked to be called otherwise would not be. `rest`: what else goes. */
export function notApplied(request: HandoverGround['request'], handed: readonly Handed[], rest: PlanDraft | undefined): Reason[] {
  const { to } = request;
  return handed.flatMap(({ managed, components }): Reason[] => {
    const renamed = ({ namespaces = {} }: Mapping): boolean =>
      Object.entries(namespaces).some(([from, into]) => from !== into && managed.namespaces.includes(from));
    const declared = components.some(({ policy }) => renamed(policy?.mapping?.[to] ?? {}));
    if (Object.keys(mappingOf(request, components, to)).length === 0 && !declared && !renamed(request)) return [];
    const others = [request.storageClasses, request.hosts, request.nodeLabels].some((one) => Object.keys(one ?? {}).length > 0);
    const asked = others || renamed(request);
    // One namespace would be in two: what is left of it would not be found.
    const torn = rest !== undefined && renamed(rest.mapping ?? {});
    const names = components.map(({ component }) => component.name).join(', ');
    return [
      {
        code: 'MAPPING_NOT_APPLIED',
        severity: torn || (asked && !rest) ? 'blocker' : 'warning',
        cluster: to,
        message: `${managed.engine} moves ${names} by itself, and as it is: no namespace, storage class, host or node label of it is called otherwise on ${to}`,
        evidence: [`${managed.engine}: ${managed.name}`],
        fix: asked ? 'leave the mapping out, and let the engine rewrite it by its own rules' : 'let the engine rewrite it by its own rules',
      },
    ];
  });
}

/** What engines move by themselves of what is wanted, and what they say to that. */
interface Handing {
  wanted: Component[];
  /** Of the components that an engine manages. */
  names: ReadonlySet<string>;
  handed: Handed[];
  blockers: Reason[];
  warnings: Reason[];
}

type Steered = NonNullable<ReturnType<typeof steeredBy>>;

/** Undefined: nothing of what is wanted is managed so that it `isMeant`. */
export async function handingOf(
  ground: HandoverGround,
  isMeant: (steered: Steered) => boolean,
  signal?: AbortSignal,
): Promise<Handing | undefined> {
  const { deps, assessment, application, request } = ground;
  const { to } = request;
  const wanted = application.components.filter(({ name, entityRef }) =>
    ground.components === undefined ? true : ground.components.some((one) => one === name || one === entityRef),
  );
  const steered = wanted.flatMap((component) => {
    const found = steeredIn(component, ground);
    return found && isMeant(found) ? [{ name: component.name, ...found }] : [];
  });
  if (steered.length === 0) return undefined;
  const names = new Set(steered.map(({ name }) => name));
  const moved = movedTo(application, to, assessment, deps.tenancy);
  const fleet = assessment.fleet([moved]);
  const statuses = fleet.applications[0]!.components.filter(({ component }) => names.has(component.name));
  // A namespace at the target that belongs to somebody else is refused here, as for every other way there.
  placesOf(fleet, moved, statuses, (cluster, namespace) => assessment.inventory.get(cluster)?.namespace(namespace) === undefined);
  const here = assessment.fleet([application]).applications[0]!.components;
  const blockers: Reason[] = steered.flatMap(({ reason }) => reason ?? []);
  const warnings: Reason[] = [];
  const handed: Handed[] = [];
  for (const managed of new Map(steered.flatMap((one) => (one.managed ? [[one.managed.id, one.managed] as const] : []))).values()) {
    const own = new Set(steered.flatMap((one) => (one.managed?.id === managed.id ? [one.name] : [])));
    const components = here.filter(({ component }) => own.has(component.name));
    blockers.push(...application.components.flatMap((left) => comesAlong(left, names, managed, ground)));
    const one = await readHanded(ground, managed, components, originsOf(application, to, assessment, own), signal);
    handed.push(one.handed);
    blockers.push(...one.blockers);
    warnings.push(...one.warnings);
  }
  return { wanted, names, handed, blockers, warnings };
}

/** Undefined: nobody but we move the component, or it runs there already. */
export function steeredIn(component: Component, { request, assessment, deps }: HandoverGround): Steered | undefined {
  const { to, intent } = request;
  if (!component.placements.some(({ cluster }) => cluster !== undefined && cluster !== to)) return undefined;
  return steeredBy(component, to, intent as SteeredIntent, assessment, deps.engines);
}

async function readHanded(
  { deps, assessment, application, request }: HandoverGround,
  managed: ManagedApplication,
  components: readonly ComponentStatus[],
  origins: readonly Origin[],
  signal?: AbortSignal,
): Promise<{ handed: Handed; blockers: Reason[]; warnings: Reason[] }> {
  const { to, override } = request;
  const leaves = [...new Set(origins.map(({ cluster }) => cluster))];
  if (leaves.length !== 1)
    throw new InputError(
      `${managed.name} of ${application.name} runs on ${leaves.join(' and ') || 'no other cluster'}: what has to go is not clear`,
      {
        hint: `kubectl dr status ${application.name}`,
      },
    );
  const [from] = leaves as [string];
  const mover = moverOf(deps.engines, managed.engine);
  const reachable = origins.every((origin) => origin.reachable);
  const kind = kindOf(managed, request.intent as SteeredIntent);
  const order: MoveOrder = {
    kind,
    application: refOf(managed),
    from: nameAt(managed, from, to, assessment),
    to: nameAt(managed, to, from, assessment),
    ...(!reachable && override !== undefined && { accepted: override }),
    ...(kind === 'test' && mover.tests === 'apart' && { into: await scratchOf(managed, application.name, request) }),
    labels: markOf(application.name),
    annotations: {},
    ...(reachable && { source: from }),
    target: to,
    leaves: from,
    namespaces: managed.namespaces,
  };
  const context = (cluster: string): EngineContext => ({
    cluster: clientOf(deps, cluster),
    clock: deps.clock,
    namespace: managed.namespace,
    ...(signal && { signal }),
  });
  const { source: _, target: __, leaves: ___, namespaces: ____, ...asked } = order;
  const contexts = { steering: context(managed.cluster), target: context(to), ...(reachable && { source: context(from) }) };
  const preview = await mover
    .preflight(contexts, { ...asked, name: nameFor(`${request.intent}-${application.name}`, 50) })
    .catch((error: unknown) => unreadable(error, managed));
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  const component = components.length === 1 ? { component: components[0]!.component.name } : {};
  for (const reason of preview.reasons) {
    // Of a source that answers the engine takes its copy away; of one that does not it is said below, with what can be done.
    if (reason.code === 'SOURCE_MAY_BE_ALIVE' && reason.severity !== 'blocker') continue;
    (reason.severity === 'blocker' ? blockers : warnings).push({ ...reason, ...component });
  }
  const fit = await fitOf(deps, order, components, origins, signal);
  blockers.push(...fit.blockers);
  warnings.push(...fit.warnings);
  // A test apart runs what it is to test alone, and takes away whatever came with it.
  if (kind !== 'test' || mover.tests === 'place') blockers.push(...beyond(application, managed, from, assessment));
  if (namesPast(request)) blockers.push({ ...newestOnly(managed, to, request.point!), ...component });
  if (!managed.moves.includes(kind) && blockers.length === 0) blockers.push({ ...notNow(managed, kind), ...component });
  if (!reachable && !mover.fences && kind === 'failover') {
    if (override === undefined) blockers.push(mayBeAlive(from, application.name));
    else warnings.push(risk(from, override));
  }
  return { handed: { managed, mover, components, order, preview, origins, to, brings: fit.brings }, blockers, warnings };
}

/** A component that was left out, and that the engine moves all the same. */
function comesAlong(
  component: Component,
  moved: ReadonlySet<string>,
  { id, engine, name, cluster }: ManagedApplication,
  ground: HandoverGround,
): Reason[] {
  if (moved.has(component.name) || steeredIn(component, ground)?.managed?.id !== id) return [];
  return [
    {
      code: 'COMPONENT_INSEPARABLE',
      severity: 'blocker',
      component: component.name,
      cluster,
      message: `${engine} moves ${component.name} with everything else of ${name}, so that it cannot be left out`,
      fix: `let it go along, or take it out of ${engine} first`,
    },
  ];
}

/** Namespaces that a test is made in, by those that are tried. */
async function scratchOf(
  { namespaces }: ManagedApplication,
  application: string,
  { at }: Pick<HandoverGround['request'], 'at'>,
): Promise<Record<string, string>> {
  const suffix = (await sha256(`${at} ${application}`)).slice(0, 5);
  return Object.fromEntries(namespaces.map((namespace) => [namespace, nameFor(`${namespace.slice(0, 48)}-test-${suffix}`)]));
}

/** Whoever may not read what steers is told which right is missing, as for every other step. */
function unreadable(error: unknown, { cluster, engine, name }: ManagedApplication): MovePreview {
  if (!(error instanceof DrError) || error.code !== 'FORBIDDEN') throw error;
  const message = `whether ${engine} could move ${name} cannot be seen: ${error.message}`;
  const reason: Reason = { code: 'READING_FORBIDDEN', severity: 'blocker', cluster: error.cluster ?? cluster, message };
  return { reasons: [{ ...reason, ...(error.hint !== undefined && { fix: error.hint }) }], writes: [], stages: [] };
}

export function moverOf(engines: readonly Engine[], id: string): Mover {
  return engines.find((engine) => engine.id === id)!.mover!;
}

function refOf({ id, name, namespace, cluster, placedAt }: ManagedApplication): MoveOrder['application'] {
  return { id, name, namespace, cluster, ...(placedAt !== undefined && { placedAt }) };
}

function notNow(managed: ManagedApplication, kind: MoveKind): Reason {
  const { engine, name, namespace, cluster, moving, pending, nativePhase } = managed;
  return {
    code: 'REPLICATION_FAILED',
    severity: 'blocker',
    cluster,
    message: `${engine} offers no ${kind} of ${name} now: ${moving ?? pending ?? (nativePhase || 'it does not say why')}`,
    evidence: [`${namespace}/${name}`],
    fix: 'wait until it rests: kubectl dr status',
  };
}

/** An engine that moves by itself brings what it has copied last, and whoever names a moment must not be given what came after it. */
function newestOnly({ engine, name }: ManagedApplication, to: string, point: string): Reason {
  return {
    code: 'POINT_UNUSABLE',
    severity: 'blocker',
    cluster: to,
    message: `${engine} moves ${name} with the newest data that it has copied: it cannot go back to ${point}`,
    fix: 'leave the point out; or name the other components: --component',
  };
}

/** What is declared and cannot be made, by what keeps it from that. */
export function uncheckedOf(unchecked: string[]): Reason[] {
  return unchecked.length > 0 ? [checkUnreadable(unchecked)] : [];
}

export function distinct(reasons: readonly Reason[]): Reason[] {
  return [
    ...new Map(reasons.map((reason) => [JSON.stringify([reason.code, reason.cluster, reason.component, reason.message]), reason])).values(),
  ];
}
