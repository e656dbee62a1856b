import { dependencyGraph } from '../../application/graph.ts';
import type { Reason } from '../../reason.ts';
import { type PlanDraft, ofApplication } from '../assemble.ts';
import { check } from '../checks/target.ts';
import { objectChange } from '../diff/object-change.ts';
import { estimateByPast } from '../estimate.ts';
import { words } from '../in-place/figures.ts';
import type { Change, DataLoss, FieldChange, Plan, PlanCopy, Step } from '../model.ts';
import { arrivalWith } from '../mapping.ts';
import { type PartTime, recoverySets, skewOf, skewReasons, timeOfPoint } from '../recovery-set.ts';
import { checkUnreadable } from '../verification.ts';
import { arriving, isStoppable } from './arriving.ts';
import { deployedFromGit } from './git-ops.ts';
import type { CopiedClaim, MoveInputs, MovePart, MovePlace, MovedObject } from './inputs.ts';
import { claimsInto, endsOf, isInert, workloadsInTheWay, writtenBefore } from './parts.ts';
import { MoveSteps } from './steps.ts';
import { undoOf } from './undo.ts';

/**
 * The application goes on at another cluster, its volumes out of the copies that are kept there. One machine for all three: what is
 * needed of the source is written at the target, stopped; the old copy is stopped and seen to be; for a planned move the copies get
 * one more sync; then volumes are made of them, what depends on what is started in that order, and from then on the copy goes the
 * other way. Failover leaves the sync out, for its source is lost.
 */
export function planMove(inputs: MoveInputs): PlanDraft {
  const { request, status, components, places, now, mapping } = inputs;
  const { application } = status;
  const planned = request.intent !== 'Failover';
  const steps = new MoveSteps(inputs);
  const order = dependencyGraph(components.map(({ component }) => ({ name: component.name, dependsOn: component.dependsOn })));
  const waveOf = (part: MovePart): number =>
    Math.max(
      order.waves.findIndex((names) => names.includes(part.status.component.name)),
      0,
    );
  const each = <T>(of: (place: MovePlace, part: MovePart) => T[]): T[] =>
    places.flatMap((place) => place.parts.flatMap((part) => of(place, part)));
  const copied = <T>(of: (place: MovePlace, part: MovePart, data: Extract<MovePart['data'], { kind: 'copy' }>) => T[]): T[] =>
    each((place, part) => (part.data.kind === 'copy' ? of(place, part, part.data) : []));

  const captured = <T>(of: (place: MovePlace, part: MovePart, data: Extract<MovePart['data'], { kind: 'capture' }>) => T[]): T[] =>
    each((place, part) => (part.data.kind === 'capture' ? of(place, part, part.data) : []));

  const blockers: Reason[] = [...inputs.blockers];
  const warnings: Reason[] = [...inputs.warnings];
  const changes: Change[] = [];
  for (const place of places) {
    const told = place.objects.map((moved) => changeOf(place, moved, inputs));
    changes.push(...told);
    blockers.push(...conflicts(place, told));
    const found = check(checkOf(place, inputs));
    blockers.push(...found.blockers);
    warnings.push(
      ...found.warnings,
      ...deployedFromGit(
        place.origin,
        place.cluster,
        place.objects.map(({ object }) => object),
      ),
    );
    for (const { checks } of place.parts) if (checks.unreadable.length > 0) warnings.push(checkUnreadable(checks.unreadable));
  }
  changes.push(...copied((place, part, data) => data.claims.map((claim) => claimChange(place, part, claim, 'made of its copy'))));
  changes.push(...captured((place, part, data) => data.claims.map((claim) => claimChange(place, part, claim, 'out of the last backup'))));
  changes.sort((a, b) => `${a.kind}/${a.name}`.localeCompare(`${b.kind}/${b.name}`));

  const prepare = places.filter(({ exists }) => !exists).map((place) => steps.createNamespace(place));
  const before = places.flatMap((place) => {
    const objects = writtenBefore(place);
    return objects.length > 0 ? [steps.carry(place, objects, 'before')] : [];
  });
  const stop = places.map(({ origin }) => steps.stop(origin, 'stop', request.override));
  const sync = [
    ...(planned ? copied((place, part, data) => [steps.sync(place, part, data)]) : []),
    ...captured((place, part, data) => [steps.capture(place, part, data)]),
  ];
  const kept = each((place, part) => claimsInto(part).flatMap((claim) => (claim.now ? [{ place, part, claim }] : [])));
  const cleared = each((place, part) => {
    const workloads = workloadsInTheWay(place, part);
    return workloads.length > 0 ? [steps.clear(place, part, workloads)] : [];
  });
  /** What is there from before is kept and makes room, and then volumes are made. */
  const made = (isMeant: (part: MovePart) => boolean, between: Step[]): Step[][] => [
    kept.flatMap(({ place, part, claim }) => (isMeant(part) ? [steps.keep(place, part, claim)] : [])),
    between,
    kept.flatMap(({ place, part, claim }) => (isMeant(part) ? [steps.makeRoom(place, part, claim)] : [])),
    [
      ...copied((place, part, data) => (isMeant(part) ? [steps.promote(place, part, data)] : [])),
      ...captured((place, part, data) => (isMeant(part) ? [steps.bringBack(place, part, data)] : [])),
    ],
  ];
  const waves: Step[][] = [
    prepare,
    before,
    ...made(isOfThePast, []),
    stop,
    sync,
    captured((place, part, data) => [steps.arrive(place, part, data)]),
    ...made((part) => !isOfThePast(part), cleared),
  ];
  for (const [index] of order.waves.entries()) {
    const here = <T>(of: (place: MovePlace, part: MovePart) => T[]): T[] =>
      each((place, part) => (waveOf(part) === index ? of(place, part) : []));
    waves.push(
      here((place, part) => {
        if (part.data.kind === 'point') return [steps.restore(place, part, part.data)];
        const late = lateOf(place, part.status.component.name);
        return late.length > 0 ? [steps.carry(place, late, 'after', part.status.component.name)] : [];
      }),
      here((place, part) => (part.data.kind !== 'point' && part.workloads.length > 0 ? [steps.start(place, part)] : [])),
      here((place, part) => (part.workloads.length > 0 ? [steps.ready(place, part)] : [])),
      here((place, part) => steps.checks(place, part)),
    );
  }
  const rest = places.map((place) => ({ place, late: lateOf(place), stopped: place.objects.filter((moved) => isOwnerless(moved)) }));
  waves.push(
    rest.flatMap(({ place, late }) => (late.length > 0 ? [steps.carry(place, late, 'after')] : [])),
    rest.flatMap(({ place, stopped }) => (stopped.length > 0 ? [steps.startRest(place, stopped)] : [])),
    [
      ...copied((place, part, data) => [steps.endPromotion(place, part, data)]),
      ...captured((place, part, data) => [steps.endOfRestore(steps.bringBack(place, part, data), 'success')]),
    ],
    copied((place, part, data) => (data.reverse ? [steps.reverse(place, part, data, !place.origin.reachable)] : [])),
    planned ? copied((place, part, data) => (endsOf(place, data).sources.length > 0 ? [steps.endSync(place, part, data)] : [])) : [],
  );
  const target = new Map<string, Set<string>>();
  for (const { cluster, namespace, origin } of places)
    for (const [name, space] of [
      [cluster, namespace],
      [origin.cluster, origin.namespace],
    ] as const)
      target.set(name, (target.get(name) ?? new Set()).add(space));
  const copies = copied((place, part, data) => data.claims.map((claim) => copyOf(place, part, claim, data, planned)));
  const times = planned ? [] : each((_place, part) => timesOf(part, now));
  const skew = skewOf(times);
  const sets = recoverySets(inputs.sources, now);
  for (const reason of skewReasons(times, components)) (reason.severity === 'blocker' ? blockers : warnings).push(reason);
  const names = components.map(({ component }) => component.name);
  return {
    intent: request.intent,
    request: { ...request, isolate: false },
    ...ofApplication(application),
    components: names,
    points: each(({ cluster, namespace }, { status: { component }, data }) =>
      data.kind === 'point'
        ? [
            {
              component: component.name,
              cluster,
              namespace,
              pointId: data.point.id,
              name: data.point.name,
              capturedAt: data.point.capturedAt ?? '',
            },
          ]
        : [],
    ),
    copies,
    target: [...target].map(([cluster, namespaces]) => ({ cluster, namespaces: [...namespaces] })),
    waves: waves.filter(({ length }) => length > 0),
    changes,
    dataLoss: names.flatMap((name) => lossOf(name, inputs, planned)),
    ...estimateOf(inputs, names),
    ...(skew > 0 && { skewSeconds: skew }),
    ...(Object.keys(mapping).length > 0 && { mapping }),
    ...(sets.length > 0 && { sets }),
    blockers,
    warnings,
    undo: undoOf(inputs, steps, planned),
    basis: { ...inputs.basis },
    home: request.to,
  };
}

function estimateOf({ request, status, past }: MoveInputs, components: string[]): Pick<Plan, 'estimate'> {
  const estimate = estimateByPast({ application: status.application.name, components, intent: request.intent }, past);
  return estimate ? { estimate } : {};
}

/** What is written only when its component starts, for its being there does something; of no component: at the very end. */
function lateOf({ objects, parts }: MovePlace, component?: string): MovedObject[] {
  const restored = new Set(parts.filter(({ data }) => data.kind === 'point').map(({ status }) => status.component.name));
  return objects.filter(
    (moved) => !isInert(moved) && moved.component === component && !(moved.component !== undefined && restored.has(moved.component)),
  );
}

/** Nothing that the source still does changes an earlier state: whether it is kept at all is seen before anything is stopped. */
function isOfThePast({ data }: MovePart): boolean {
  return data.kind === 'copy' && data.asOf !== undefined;
}

function isOwnerless({ object, component }: MovedObject): boolean {
  return component === undefined && isStoppable(object);
}

function changeOf({ cluster, namespace }: MovePlace, { object, live, component }: MovedObject, { mapping, isMark }: MoveInputs): Change {
  const wanted = arriving(object, { mapping, namespace, stopped: false }, isMark);
  const meant = live && arriving(live, { mapping: {}, namespace, stopped: false }, isMark);
  const change = objectChange(cluster, wanted, meant, isMark);
  const mapped: FieldChange[] = arrivalWith(mapping).adapt(object, object.metadata.namespace ?? '', namespace)?.fields ?? [];
  const fields = change.action === 'create' ? mapped : change.fields;
  return { ...change, ...(component !== undefined && { component }), ...(fields && fields.length > 0 && { fields }) };
}

function claimChange(
  { cluster, namespace }: MovePlace,
  { status }: MovePart,
  { claim, mapped, now }: Pick<CopiedClaim, 'claim' | 'mapped' | 'now'>,
  origin: string,
): Change {
  const { name: component } = status.component;
  return {
    action: 'create',
    cluster,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
    name: claim,
    component,
    why: now ? `${origin}; the volume of before is kept` : origin,
    ...(mapped && mapped.length > 0 && { fields: mapped }),
  };
}

function conflicts({ cluster, namespace }: MovePlace, changes: readonly Change[]): Reason[] {
  return changes
    .filter(({ action }) => action === 'conflict')
    .map(({ kind, name, fields = [] }) => ({
      code: 'OBJECT_CONFLICT',
      severity: 'blocker',
      cluster,
      message: `${kind} ${namespace}/${name} is on ${cluster} already, and ${fields.find(({ why }) => why !== undefined)?.path ?? 'a field'} of it cannot be changed`,
      evidence: [`${kind} ${namespace}/${name}`],
      fix: `delete it: kubectl --context ${cluster} -n ${namespace} delete ${kind.toLowerCase()} ${name}`,
    }));
}

function checkOf({ facts, cluster, namespace, objects, parts }: MovePlace, { mapping, isMark }: MoveInputs): Parameters<typeof check>[0] {
  const claims = parts.flatMap(({ data }) =>
    data.kind === 'copy' || data.kind === 'capture' ? data.claims.flatMap(({ manifest }) => manifest ?? []) : [],
  );
  const incoming = [...objects.map(({ object }) => arriving(object, { mapping, namespace, stopped: false }, isMark)), ...claims];
  const owners = new Map(objects.map(({ object: { kind, metadata }, component }) => [`${kind}/${metadata.name}`, component]));
  return {
    facts: { ...facts, gitOps: [] },
    cluster,
    application: parts[0]?.status.component.name ?? '',
    namespace,
    incoming,
    componentOf: ({ kind, metadata }) => owners.get(`${kind}/${metadata.name}`),
    live: objects.flatMap(({ live }) => live ?? []),
    stopped: [],
    clone: true,
    madeOn: [],
    volumes: claims.map((claim) => {
      const storageClass = (claim.spec as { storageClassName?: string } | undefined)?.storageClassName;
      return { claim: claim.metadata.name, method: 'csi-snapshot', late: false, ...(storageClass !== undefined && { storageClass }) };
    }),
  };
}

function copyOf(
  place: MovePlace,
  { status }: MovePart,
  { claim, target, capturedAt }: { claim: string; target: { name: string }; capturedAt?: string },
  { engine, asOf }: Extract<MovePart['data'], { kind: 'copy' }>,
  planned: boolean,
): PlanCopy {
  return {
    component: status.component.name,
    claim,
    engine: engine.id,
    from: place.origin.cluster,
    to: place.cluster,
    name: target.name,
    namespace: place.namespace,
    ...(!planned && capturedAt !== undefined && { capturedAt }),
    ...(asOf !== undefined && { asOf }),
  };
}

/** From when the data of a part is: of a copy as of a moment, what it is surely not older than, and not younger. */
function timesOf({ status, data }: MovePart, now: Date): PartTime[] {
  const { name: component } = status.component;
  if (data.kind === 'point') return timeOfPoint(component, data.point);
  if (data.kind !== 'copy') return [];
  return data.claims.flatMap(({ capturedAt, seconds }) => {
    if (capturedAt !== undefined || data.asOf === undefined)
      return timeOfPoint(component, { ...(capturedAt !== undefined && { capturedAt }) });
    return [{ component, atLeast: now.getTime() - (seconds ?? NaN) * 1000, atMost: Date.parse(data.asOf) }];
  });
}

/** By the clock of whoever captured it: what was written since does not come along. A planned move waits for the rest. */
function lossOf(name: string, { places, now }: MoveInputs, planned: boolean): DataLoss[] {
  const parts = places.flatMap((place) => place.parts.filter(({ status }) => status.component.name === name));
  if (parts.length === 0) return [];
  if (planned) return [{ component: name, seconds: 0, text: `nothing of ${name}` }];
  const ages = parts.flatMap(({ data }) => {
    if (data.kind === 'copy') return data.claims.map(({ seconds }) => seconds);
    return data.kind === 'point' ? [Math.round((now.getTime() - Date.parse(data.point.capturedAt ?? '')) / 1000)] : [];
  });
  if (ages.some((age) => age === undefined || !Number.isFinite(age)))
    return [{ component: name, seconds: 0, text: `nobody can tell how much of ${name}`, unknown: true }];
  const seconds = Math.max(0, ...ages.map((age) => age!));
  return [{ component: name, seconds, text: seconds > 0 ? `${words(seconds)} of ${name}` : `nothing of ${name}` }];
}
