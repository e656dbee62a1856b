import type { Application, Component } from '../application/model.ts';
import { activeSchedules, ageOf, newestUsable } from '../compliance/facts.ts';
import { type PlaceFacts, type Sources, placeFacts } from '../compliance/place-facts.ts';
import { type Judgement, combine, judge } from '../compliance/verdict.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import { copiesOf, copyStatus } from '../protection/replication.ts';
import { lastSuccess } from '../compliance/rules/unproven.ts';
import type { ApplicationStatus, ComponentStatus, PointUse, Proof } from './model.ts';

/** How one application stands: its components judged place by place, the worst first in everything that is one figure. */
export function applicationStatus(application: Application, sources: Sources): ApplicationStatus {
  const components = application.components.map((component) => componentStatus(application, component, sources));
  const judgements: Judgement[] = components.map(({ verdict, reasons }) => ({ verdict, reasons }));
  if (application.components.length === 0) judgements.push({ verdict: 'Unknown', reasons: [withoutComponents(application)] });
  const { verdict, reasons } = combine(judgements);
  const decisive = components.filter(({ point }) => point !== undefined).toSorted((a, b) => strain(b) - strain(a))[0];
  const rpoSeconds = decisive?.rpoSeconds ?? least(components.map((component) => component.rpoSeconds));
  const rtoSeconds = least(components.map((component) => component.rtoSeconds));
  const nextRun = earliest(components.map((component) => component.nextRun));
  const proof = proofOfAll(components);
  return {
    application,
    verdict,
    reasons: [...reasons, ...application.problems],
    components,
    ...(decisive?.point && { point: decisive.point }),
    ...(decisive?.ageSeconds !== undefined && { ageSeconds: decisive.ageSeconds }),
    ...(rpoSeconds !== undefined && { rpoSeconds }),
    ...(rtoSeconds !== undefined && { rtoSeconds }),
    ...(nextRun !== undefined && { nextRun }),
    ...(proof && { proof }),
  };
}

function withoutComponents(application: Application) {
  return {
    code: 'NO_PLACEMENT' as const,
    severity: 'critical' as const,
    message: `No component of ${application.name} is known, so there is nothing to judge`,
    ...(application.entityRef !== undefined && { evidence: [application.entityRef] }),
    fix: `Let its components say \`system: ${application.name}\` in the catalog.`,
  };
}

/** Every component in every place. */
export function factsOf(application: Application, sources: Sources): PlaceFacts[] {
  return application.components.flatMap((component) => placesOf(application, component, sources));
}

function placesOf(application: Application, component: Component, sources: Sources): PlaceFacts[] {
  const placements = component.placements.length > 0 ? component.placements : [undefined];
  return placements.map((placement) => placeFacts(application, component, placement, sources));
}

function componentStatus(application: Application, component: Component, sources: Sources): ComponentStatus {
  const places = placesOf(application, component, sources);
  const { verdict, reasons } = combine(places.map(({ facts }) => judge(facts)));
  const policy = places[0]?.facts.policy;
  // With several places the data is as old as in the worst of them.
  const newest = places
    .flatMap(({ facts }) => {
      const point = newestUsable(facts);
      const age = point && ageOf(point, facts.now);
      return point && age !== undefined ? [{ point, age }] : [];
    })
    .toSorted((a, b) => b.age - a.age)[0];
  const proven = places[0] && lastSuccess(places[0].facts);
  const nextRun = earliest(places.flatMap(({ facts }) => activeSchedules(facts).map((schedule) => schedule.nextRun?.toISOString())));
  return {
    component,
    verdict,
    reasons,
    ...(newest && { point: newest.point, ageSeconds: Math.round(newest.age / 1000) }),
    ...(policy && { policy }),
    ...(policy?.objectives.rpo !== undefined && { rpoSeconds: policy.objectives.rpo / 1000 }),
    ...(policy?.objectives.rto !== undefined && { rtoSeconds: policy.objectives.rto / 1000 }),
    ...(proven && {
      proof: {
        at: proven.at,
        operation: proven.operation,
        ...(proven.rtoSeconds !== undefined && { rtoSeconds: proven.rtoSeconds }),
      },
    }),
    ...(nextRun !== undefined && { nextRun }),
    volumes: places.flatMap(({ volumes }) => volumes),
    workloads: places.flatMap(({ facts }) =>
      facts.workloads.map(({ kind, namespace, name, ready, message }) => ({
        cluster: facts.cluster.name,
        kind,
        namespace,
        name,
        ready,
        ...(message !== undefined && { message }),
      })),
    ),
    copies: places.flatMap(({ facts }) => copiesOf(facts.replications).map((copy) => copyStatus(copy, clocksOf(sources)))),
    points: mergedUses(places),
  };
}

function clocksOf({ protection }: Sources): ReadonlyMap<string, Date> {
  return new Map([...protection].flatMap(([cluster, { reading }]) => (reading.unreachable ? [] : [[cluster, reading.now]])));
}

const order: Record<PointUse['usable'], number> = { no: 0, unknown: 1, yes: 2 };

/** One entry per point, newest first: a point that reaches several places of a component is as usable as in the worst. */
function mergedUses(places: readonly PlaceFacts[]): PointUse[] {
  const [only, ...others] = places;
  if (only && others.length === 0 && only.safety.length === 0) return [...only.facts.points];
  const byId = new Map<string, PointUse>();
  for (const use of places.flatMap(({ facts, safety }) => [...facts.points, ...safety])) {
    const known = byId.get(use.point.id);
    if (!known || order[use.usable] < order[known.usable]) byId.set(use.point.id, use);
  }
  const when = (point: RecoveryPoint): string => point.capturedAt ?? point.createdAt ?? '';
  return [...byId.values()].sort((a, b) => (when(a.point) < when(b.point) ? 1 : -1));
}

/** How far the age of the data has used up its objective; without one, only the age counts, and less. */
function strain({ ageSeconds = 0, rpoSeconds }: ComponentStatus): number {
  return rpoSeconds === undefined ? ageSeconds / 1e12 : ageSeconds / rpoSeconds;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function earliest(instants: readonly (string | undefined)[]): string | undefined {
  return instants.filter((instant) => instant !== undefined).sort()[0];
}

/** An application is proven by the oldest proof of its parts, and takes as long as the slowest. */
function proofOfAll(components: readonly ComponentStatus[]): Proof | undefined {
  const proofs = components.flatMap(({ proof }) => proof ?? []);
  const [oldest] = proofs.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (!oldest || proofs.length < components.length) return undefined;
  const { rtoSeconds: _, ...rest } = oldest;
  const took = proofs.flatMap(({ rtoSeconds }) => rtoSeconds ?? []);
  return { ...rest, ...(took.length > 0 && { rtoSeconds: Math.max(...took) }) };
}
