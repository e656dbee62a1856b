import type { CopiedClaim } from '../planning/move/inputs.ts';
import type { Choice } from '../planning/moment.ts';
import type { Place } from '../planning/places.ts';
import { DrError } from '../errors.ts';
import type { Engine } from '../ports/engine.ts';
import { type ClaimCopy, lossOf, reachBack } from '../protection/replication.ts';
import type { Reason } from '../reason.ts';
import type { ComponentStatus } from './model.ts';
import type { MoveGround } from './move-ground.ts';
import { contextOf } from './plan-ground.ts';

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
    const take = (times: { capturedAt?: string; atLeast: number }): void => {
      const { capturedAt, atLeast } = times;
      past.atLeast = Math.min(past.atLeast, atLeast);
      const seconds = Math.max(0, Math.ceil((now.getTime() - atLeast) / 1000));
      past.claims.push({ ...rest, ...(capturedAt !== undefined && { capturedAt }), ...(Number.isFinite(seconds) && { seconds }) });
    };
    const held = Date.parse(about.capturedAt ?? '');
    if (!engine.replicator!.asOf || asOf === undefined) {
      none(rest, 'its continuous copy is newer');
      continue;
    }
    const images = await engine.replicator!.earlier?.(contextOf(deps, cluster, place.namespace, signal), about.target).catch(hidden);
    if (images) {
      const image = images.find(({ cutAt }) => Date.parse(cutAt) <= asOf.getTime());
      const kept = images.slice(0, 10).map(({ name, cutAt }) => `${name} of ${cutAt}`);
      if (image) take({ capturedAt: image.cutAt, atLeast: Date.parse(image.cutAt) });
      else none(rest, images.length > 0 ? 'what its copy has kept is newer' : 'its continuous copy has kept no earlier image', kept);
      continue;
    }
    const reach = reachBack(copy, asOf, now);
    if (reach.kept === 'no') none(rest, `its continuous copy goes back to ${reach.since.toISOString()}`);
    else if (reach.kept === 'yes') {
      // What the target holds is not given up for something older.
      const atLeast = asOf.getTime() - reach.older;
      take({ atLeast: held <= asOf.getTime() ? Math.max(held, atLeast) : atLeast });
    } else {
      take({ atLeast: NaN });
      past.warnings.push(untold(place, component, about.claim, asOf));
    }
  }
  return past;
}

function untold({ cluster }: Place, component: string, claim: string, asOf: Date): Reason {
  return {
    code: 'EARLIER_DATA_UNKNOWN',
    severity: 'warning',
    component,
    cluster,
    message: `whether the repository of ${claim} keeps something of ${asOf.toISOString()} or before is seen when it is looked into: where it does not, the step fails and nothing is made`,
    fix: 'look into it first: restic snapshots; or take a point: kubectl dr get points',
  };
}

/** What may not be listed is told with the rights of the plan. */
function hidden(error: unknown): [] {
  if (error instanceof DrError && error.code === 'FORBIDDEN') return [];
  throw error;
}
