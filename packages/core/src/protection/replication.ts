import { timeOf } from '../application/raw.ts';
import type { ReplicationRef } from '../ports/replication.ts';
import type { Replication } from './model.ts';

/** The copy of one claim, as its two ends tell it. One of them may be out of reach, or on a cluster that is not of the fleet. */
export interface ClaimCopy {
  claim: string;
  engine: string;
  source?: Replication;
  target?: Replication;
}

/** What a plan keeps of an end. */
export function refOf({ id, name, namespace, cluster, role, claims }: Replication): ReplicationRef {
  return { id, name, namespace, cluster, role, claims };
}

/** What would be gone if a target were promoted now. */
export interface FailoverLoss {
  claim: string;
  /** From when the data is that would be promoted. Absent: neither end tells. */
  capturedAt?: string;
  /** From then to now. */
  seconds?: number;
}

/**
 * Copies claim by claim; ends belong together when engine and claim agree, and each is where the other looks: in a namespace of the same
 * name, unless both say otherwise.
 */
export function copiesOf(replications: readonly Replication[]): ClaimCopy[] {
  const copies: ClaimCopy[] = [];
  const targets = replications
    .filter(({ role }) => role === 'target')
    .flatMap((target) => target.claims.map((claim) => ({ claim, target })));
  const taken = new Set<(typeof targets)[number]>();
  for (const source of replications.filter(({ role }) => role === 'source')) {
    for (const claim of source.claims) {
      const fits = targets.filter((one) => one.claim === claim && !taken.has(one) && agree(source, one.target));
      // One that names its peer is meant before one that only might be.
      const found =
        fits.find(({ target }) => source.to === target.cluster && target.from === source.cluster) ??
        (fits.length === 1 ? fits[0] : undefined);
      if (found) taken.add(found);
      copies.push({ claim, engine: source.engine, source, ...(found && { target: found.target }) });
    }
  }
  for (const one of targets) if (!taken.has(one)) copies.push({ claim: one.claim, engine: one.target.engine, target: one.target });
  return copies;
}

function agree(source: Replication, target: Replication): boolean {
  return (
    source.engine === target.engine &&
    (source.peerNamespace ?? source.namespace) === target.namespace &&
    (target.peerNamespace ?? target.namespace) === source.namespace &&
    source.cluster !== target.cluster &&
    (source.to === undefined || source.to === target.cluster) &&
    (target.from === undefined || target.from === source.cluster)
  );
}

/**
 * `now`: of the clusters that answered, by name. A target knows best what it holds; where it cannot tell, what the source sent last
 * is what it can get at, as long as it was received after that.
 */
export function lossOf({ claim, source, target }: ClaimCopy, now: ReadonlyMap<string, Date>): FailoverLoss {
  if (target ? target.holds === false : !source?.delivers) return { claim };
  const [told, by] = target?.capturedAt !== undefined ? [target.capturedAt, source ?? target] : [sentOf(source, target), source];
  const captured = startOf(source, told) ?? timeOf(told);
  if (told === undefined || captured === undefined) return { claim };
  const clock = now.get((by ?? target)?.cluster ?? '') ?? now.get(target?.cluster ?? '');
  const capturedAt = new Date(captured).toISOString();
  if (!clock) return { claim, capturedAt };
  return { claim, capturedAt, seconds: Math.max(0, Math.round((clock.getTime() - captured) / 1000)) };
}

/** A target may know no better than when its data lay in the repository: the source began that same sync before. */
function startOf(source: Replication | undefined, told: string | undefined): number | undefined {
  const [start, seen, end] = [source?.capturedAt, told, source?.lastSync].map(timeOf);
  if (start === undefined || seen === undefined || end === undefined) return undefined;
  // Whole seconds.
  return start <= seen && seen <= end + 1_000 ? start : undefined;
}

function sentOf(source: Replication | undefined, target: Replication | undefined): string | undefined {
  if (source?.delivers) return source.capturedAt;
  if (!target) return undefined;
  const [sent, received] = [timeOf(source?.lastSync), timeOf(target.lastSync)];
  return sent !== undefined && received !== undefined && received >= sent ? source?.capturedAt : undefined;
}

/** Milliseconds since the data was captured that this end sent or holds, and how many intervals that is. Undefined: not known. */
export function lagOf({ capturedAt, lastSync, interval, role }: Replication, now: Date): { lag: number; intervals?: number } | undefined {
  // When a target pulled says nothing about the age of what it pulled.
  const since = timeOf(capturedAt) ?? (role === 'source' ? timeOf(lastSync) : undefined);
  if (since === undefined) return undefined;
  const lag = Math.max(0, now.getTime() - since);
  return { lag, ...(interval !== undefined && interval > 0 && { intervals: lag / interval }) };
}

/** A copy in figures, by the clocks of the clusters that answered; seconds. */
export interface CopyStatus {
  copy: ClaimCopy;
  from?: string;
  to?: string;
  /** The worst of its ends, `Paused` when one rests and none has failed. */
  phase: Replication['phase'] | 'Paused';
  paused: boolean;
  intervalSeconds?: number;
  /** End by end, as `endsOf`. */
  lags: (number | undefined)[];
  /** Of the end that lags most. */
  lagSeconds?: number;
  /** What would be lost if the target were promoted now. */
  wouldLoseSeconds?: number;
  /** Of the worst end. */
  message?: string;
}

/** Those that are known, the source first. */
export function endsOf({ source, target }: ClaimCopy): Replication[] {
  return [source, target].filter((end) => end !== undefined);
}

/** `clocks`: of the clusters that answered, by name. */
export function copyStatus(copy: ClaimCopy, clocks: ReadonlyMap<string, Date>): CopyStatus {
  const { source, target } = copy;
  const ends = endsOf(copy);
  const first = ends[0]!;
  const lags = ends.map((end) => {
    const now = clocks.get(first.cluster) ?? clocks.get(end.cluster);
    const lag = now && lagOf(end, now)?.lag;
    return lag === undefined ? undefined : Math.round(lag / 1000);
  });
  const known = lags.filter((lag) => lag !== undefined);
  const loss = lossOf(copy, clocks);
  const worst = ends.find(({ phase }) => phase === 'Failed') ?? ends.find(({ phase }) => phase !== 'Succeeded') ?? first;
  const paused = ends.some((end) => end.paused);
  const [from, to] = [source?.cluster ?? target?.from, target?.cluster ?? source?.to];
  return {
    copy,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    phase: paused && worst.phase !== 'Failed' ? 'Paused' : worst.phase,
    paused,
    ...(first.interval !== undefined && { intervalSeconds: first.interval / 1000 }),
    lags,
    ...(known.length > 0 && { lagSeconds: Math.max(...known) }),
    ...(loss.seconds !== undefined && { wouldLoseSeconds: loss.seconds }),
    ...(worst.message !== undefined && { message: worst.message }),
  };
}

/**
 * Whether a copy could go back to an instant, by what its ends say is kept. `kept: 'yes'`: to data that is at most `older` milliseconds
 * older than that; `no`: `since` is when it began, or how far back it goes; `unknown`: neither end tells.
 */
export type ReachBack = { kept: 'yes'; older: number } | { kept: 'no'; since: Date } | { kept: 'unknown' };

export function reachBack({ source, target }: ClaimCopy, instant: Date, now: Date): ReachBack {
  const ends = [source, target].filter((end) => end !== undefined);
  const begun = ends.flatMap(({ since }) => timeOf(since) ?? []).toSorted((a, b) => a - b)[0];
  if (begun !== undefined && instant.getTime() < begun) return { kept: 'no', since: new Date(begun) };
  const spans = source?.keeps ?? target?.keeps;
  if (!spans) return { kept: 'unknown' };
  const age = Math.max(0, now.getTime() - instant.getTime());
  const span = spans.find(({ within }) => age <= within);
  // When it lies in the repository a sync has been under way for a while.
  const duration = Math.max(0, ...ends.map((end) => end.duration ?? 0));
  if (span) return { kept: 'yes', older: span.every + duration };
  const newest = ends.flatMap(({ capturedAt }) => timeOf(capturedAt) ?? []).toSorted((a, b) => b - a)[0];
  // The newest is kept, however old it is.
  if (newest !== undefined && newest <= instant.getTime()) return { kept: 'yes', older: instant.getTime() - newest };
  const reach = Math.max(0, ...spans.map(({ within }) => within));
  return { kept: 'no', since: new Date(Math.max(begun ?? 0, reach > 0 ? now.getTime() - reach : (newest ?? 0))) };
}
