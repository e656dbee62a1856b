import type { CopiedClaim } from '../../planning/move/inputs.ts';
import type { Choice } from '../../planning/moment.ts';
import type { Place } from '../../planning/places.ts';
import { type SetSource, sourceOfPoints } from '../../planning/recovery-set.ts';
import { DrError } from '../../errors.ts';
import type { Engine } from '../../ports/engine.ts';
import { type ClaimCopy, lossOf, reachBack, refOf } from '../../protection/replication.ts';
import type { Reason } from '../../reason.ts';
import type { ComponentStatus } from '../model.ts';
import type { MoveGround } from './ground.ts';
import { contextOf } from '../plan-ground.ts';

/** What the copies of one component give of an earlier moment. */
interface PastCopies {
  claims: CopiedClaim[];
  /** Their data is as new as this at least, milliseconds; NaN: nobody can tell, or there is none. */
  atLeast: number;
  blockers: Reason[];
  warnings: Reason[];
}

/** The moment that is meant for what has no point of its own: as it is said, or when the named point was captured. */
export function momentOf(choice: Choice, components: readonly ComponentStatus[], to: string): Date | undefined {
  if (choice.kind === 'latest') return undefined;
  if (choice.kind === 'before') return choice.instant;
  const times = components
    .flatMap(({ points }) => points)
    .filter(({ point }) => point.cluster === to && (point.name === choice.name || point.id === choice.name))
    .map(({ point }) => Date.parse(point.capturedAt ?? ''))
    .filter((time) => Number.isFinite(time));
  return times.length > 0 ? new Date(Math.max(...times)) : undefined;
}

/** From when the newest data of these claims is that their copies hold at the target, milliseconds; -Infinity: not of all of them. */
export function newestCopied(claims: readonly string[], copies: readonly ClaimCopy[], clocks: ReadonlyMap<string, Date>): number {
  const times = claims.map((claim) => {
    const copy = copies.find((one) => one.claim === claim && one.target?.holds !== false);
    return copy ? Date.parse(lossOf(copy, clocks).capturedAt ?? '') : NaN;
  });
  return times.length > 0 && times.every((time) => Number.isFinite(time)) ? Math.min(...times) : -Infinity;
}

/**
 * Claim by claim the newest that is not younger than the moment of the move: what the target has kept itself, or what a repository keeps by
 * the rules that its ends tell. Where there is none it is a blocker that says what there is.
 */
export async function copyAsOf(
  { deps, ground: { now }, request, asOf }: MoveGround,
  engine: Engine,
  place: Place,
  component: string,
  copied: readonly { about: CopiedClaim; copy: ClaimCopy }[],
  signal?: AbortSignal,
): Promise<PastCopies> {
  const past: PastCopies = { claims: [], atLeast: Infinity, blockers: [], warnings: [] };
  const { cluster } = place;
  const none = (claim: CopiedClaim, known: string, evidence: string[] = []): void => {
    past.atLeast = NaN;
    past.claims.push(claim);
    past.blockers.push({
      code: 'POINT_UNUSABLE',
      severity: 'blocker',
      component,
      cluster,
      message: `no usable point of ${component} on ${cluster} is ${asOf?.toISOString() ?? request.point}, or as old as that; ${known}`,
      ...(evidence.length > 0 && { evidence }),
      fix: 'choose another point: kubectl dr get points; or go on with the newest data: leave the point out',
    });
  };
  for (const { about, copy } of copied) {
    const { capturedAt: _, seconds: __, ...rest } = about;
    if (asOf === undefined) {
      none(rest, 'its continuous copy is newer');
      continue;
    }
    const found = (await stateAt(deps, engine, place, copy, now, signal))(asOf);
    if (found.kind === 'none') {
      none(rest, found.why, found.kept);
      continue;
    }
    const { kind, atLeast, atMost } = found;
    past.atLeast = Math.min(past.atLeast, atLeast);
    const seconds = Math.max(0, Math.ceil((now.getTime() - atLeast) / 1000));
    past.claims.push({
      ...rest,
      ...(kind === 'image' && { capturedAt: new Date(atMost).toISOString() }),
      ...(Number.isFinite(seconds) && { seconds }),
    });
    if (Number.isNaN(atLeast)) past.warnings.push(untold(place, component, about.claim, asOf));
  }
  return past;
}

/** Ages at which a copy through a repository is offered, of which nobody can list what it holds; milliseconds. */
const ages = [0.25, 1, 3, 6, 12, 24, 48, 7 * 24].map((hours) => hours * 3_600_000);

/** What one component could go back to at the target: its points, and its copies where each of its claims has one. */
export async function sourceOf(
  { deps, ground: { now } }: MoveGround,
  place: Place,
  status: ComponentStatus,
  claims: readonly string[],
  copies: readonly ClaimCopy[],
  clocks: ReadonlyMap<string, Date>,
  signal?: AbortSignal,
): Promise<SetSource> {
  const points = sourceOfPoints(status, place);
  const own = claims.flatMap((claim) => copies.find((copy) => copy.claim === claim && copy.target !== undefined) ?? []);
  const engine = deps.engines.find(({ id, replicator }) => replicator?.asOf === true && own[0]?.engine === id);
  const newest = Math.max(points.newest, newestCopied(claims, copies, clocks));
  if (!engine || own.length < claims.length || own.some((copy) => copy.engine !== engine.id)) return { ...points, newest };
  const states = await Promise.all(own.map((copy) => stateAt(deps, engine, place, copy, now, signal)));
  return {
    component: points.component,
    newest,
    moments: [...points.moments, ...ages.map((age) => Math.floor((now.getTime() - age) / 60_000) * 60_000)],
    at(moment) {
      const found = states.map((state) => state(new Date(moment)));
      const point = points.at(moment);
      const held = found.flatMap((one) => (one.kind === 'none' ? [] : [one]));
      if (held.length < found.length) return point;
      const atLeast = Math.min(...held.map((one) => one.atLeast));
      return point && !(atLeast > point.atLeast) ? point : { atLeast, atMost: Math.max(...held.map((one) => one.atMost)) };
    },
  };
}

/** `atLeast` NaN: nobody can tell whether it is there. */
type PastState =
  | { kind: 'image' | 'repository'; atLeast: number; atMost: number; kept?: undefined; why?: undefined }
  | { kind: 'none'; why: string; kept?: string[] };

/** The newest of a copy that is not younger than a moment: what its target has kept itself, or what a repository keeps. */
async function stateAt(
  deps: MoveGround['deps'],
  engine: Engine,
  { cluster, namespace }: Place,
  copy: ClaimCopy,
  now: Date,
  signal?: AbortSignal,
): Promise<(moment: Date) => PastState> {
  const replicator = engine.replicator!;
  if (!replicator.asOf) return () => ({ kind: 'none', why: 'its continuous copy is newer' });
  const images = await replicator.earlier?.(contextOf(deps, cluster, namespace, signal), refOf(copy.target!)).catch(hidden);
  if (images) {
    const kept = images.slice(0, 10).map(({ name, cutAt }) => `${name} of ${cutAt}`);
    const why = images.length > 0 ? 'what its copy has kept is newer' : 'its continuous copy has kept no earlier image';
    return (moment) => {
      const image = images.find(({ cutAt }) => Date.parse(cutAt) <= moment.getTime());
      if (!image) return { kind: 'none', why, kept };
      return { kind: 'image', atLeast: Date.parse(image.cutAt), atMost: Date.parse(image.cutAt) };
    };
  }
  const held = Date.parse(lossOf(copy, new Map()).capturedAt ?? '');
  return (moment) => {
    const reach = reachBack(copy, moment, now);
    if (reach.kept === 'no') return { kind: 'none', why: `its continuous copy goes back to ${reach.since.toISOString()}` };
    const atMost = moment.getTime();
    // What the target holds is not given up for something older.
    const atLeast = reach.kept === 'yes' ? Math.max(atMost - reach.older, held <= atMost ? held : -Infinity) : NaN;
    return { kind: 'repository', atLeast, atMost };
  };
}

function untold({ cluster }: Place, component: string, claim: string, asOf: Date): Reason {
  return {
    code: 'EARLIER_DATA_UNKNOWN',
    severity: 'warning',
    component,
    cluster,
    message: `whether the repository of ${claim} keeps something of ${asOf.toISOString()} or before is seen when it is looked into: where it does not, the operation fails before anything is stopped`,
    fix: 'look into it first: restic snapshots; or take a point: kubectl dr get points',
  };
}

/** What may not be listed is told with the rights of the plan. */
function hidden(error: unknown): [] {
  if (error instanceof DrError && error.code === 'FORBIDDEN') return [];
  throw error;
}
