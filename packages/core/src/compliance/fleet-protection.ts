import { timeOf } from '../application/raw.ts';
import type { Engine } from '../ports/engine.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import { type Timetable, nextRun, timetable, worstGap } from '../policy/schedule.ts';
import type { ProtectionState, RecoveryPoint, Replication, Schedule, Scope, VolumeCapture } from '../protection/model.ts';
import type { DrError } from '../errors.ts';
import type { Reason } from '../reason.ts';
import type { ScheduleFacts } from './facts.ts';
import { type Locations, pointTrouble } from './point-health.ts';
import { reachesNamespace } from './coverage.ts';

/** What every engine says about one cluster, indexed so that a question about one namespace does not walk all points. */
export class ClusterProtection {
  readonly reading: ClusterReading;
  readonly states: readonly ProtectionState[];
  readonly locations: Locations;
  readonly schedules: readonly ScheduleFacts[];
  /** Annotations of pods that are hooks of the installed engines. */
  readonly hookAnnotations: readonly string[];
  /** Types of an installed engine that could not be read. */
  readonly failures: readonly { type: string; error: DrError }[];
  readonly #named = new Map<string, RecoveryPoint[]>();
  readonly #schedulesNaming = new Map<string, ScheduleFacts[]>();
  readonly #reaching = new Map<string, readonly RecoveryPoint[]>();
  readonly #evidence: ReadonlyMap<string, readonly VolumeCapture[]>;
  readonly #patterned: RecoveryPoint[] = [];
  readonly #replications = new Map<string, Replication[]>();
  readonly #trouble = new Map<RecoveryPoint, Reason | 'none'>();

  /** `before`: of an earlier reading. What does not change by itself is taken over. */
  constructor(reading: ClusterReading, engines: readonly Engine[], before?: ClusterProtection) {
    this.reading = reading;
    this.states = engines.map((engine) => engine.interpret(reading));
    this.#evidence = new Map(this.states.flatMap(({ volumeEvidence }) => Object.entries(volumeEvidence)));
    const installed = engines.filter((engine) => this.installed.includes(engine.id));
    this.hookAnnotations = installed.flatMap((engine) => engine.hookAnnotations ?? []);
    // Of one that only copies nothing has to be known to judge points; where its types are not even served, some may not list them.
    this.failures = installed
      .filter(({ capabilities }) => capabilities.backup)
      .flatMap((engine) =>
        engine.kinds.flatMap((type) => {
          const error = reading.failures.get(resourceKey(type));
          return error && error.code !== 'NOT_FOUND' ? [{ type: resourceKey(type), error }] : [];
        }),
      );
    this.locations = {
      byName: new Map(this.states.flatMap((state) => state.locations).map((location) => [`${location.engine}/${location.name}`, location])),
      readable: new Set(this.failures.length === 0 ? this.installed : []),
    };
    for (const replication of this.states.flatMap(({ replications }) => replications))
      add(this.#replications, replication.namespace, replication);
    const known = new Map(before?.schedules.map((facts) => [facts.schedule, facts]));
    this.schedules = this.states
      .flatMap((state) => state.schedules)
      .map((schedule) => this.#stillTrue(known.get(schedule)) ?? this.#scheduleFacts(schedule));
    for (const facts of this.schedules) {
      for (const name of namesOf(facts.schedule.scope) ?? [everywhere]) add(this.#schedulesNaming, name, facts);
    }
    for (const point of this.states.flatMap((state) => state.points)) {
      const names = namesOf(point.scope);
      if (names) for (const name of names) add(this.#named, name, point);
      else this.#patterned.push(point);
    }
  }

  /** Those whose scope may reach into the namespace, in their order. */
  schedulesAround(namespace: string): readonly ScheduleFacts[] {
    const named = this.#schedulesNaming.get(namespace) ?? [];
    const others = this.#schedulesNaming.get(everywhere);
    if (!others) return named;
    const wanted = new Set([...named, ...others]);
    return this.schedules.filter((facts) => wanted.has(facts));
  }

  get installed(): string[] {
    return this.states.filter(({ installation }) => installation.installed).map(({ installation }) => installation.engine);
  }

  /** Points whose scope reaches into the namespace, newest first; those that never started by when they appeared. */
  pointsOf(namespace: string): readonly RecoveryPoint[] {
    let reaching = this.#reaching.get(namespace);
    if (!reaching) {
      reaching = [...(this.#named.get(namespace) ?? []), ...this.#patterned]
        .filter((point) => reachesNamespace(point.scope, namespace))
        .map((point) => ({ point, when: whenOf(point) }))
        .sort((a, b) => b.when - a.when)
        .map(({ point }) => point);
      this.#reaching.set(namespace, reaching);
    }
    return reaching;
  }

  /** Ends of copies whose objects lie in the namespace. */
  replicationsOf(namespace: string): readonly Replication[] {
    return this.#replications.get(namespace) ?? [];
  }

  evidenceOf(point: RecoveryPoint): readonly VolumeCapture[] {
    return this.#evidence.get(point.id) ?? [];
  }

  /** `pointTrouble`, once per point. */
  troubleOf(point: RecoveryPoint): Reason | undefined {
    let trouble = this.#trouble.get(point);
    if (trouble === undefined) {
      trouble = pointTrouble(point, this.locations, this.reading.now) ?? 'none';
      this.#trouble.set(point, trouble);
    }
    return trouble === 'none' ? undefined : trouble;
  }

  #stillTrue(facts: ScheduleFacts | undefined): ScheduleFacts | undefined {
    if (!facts || (facts.nextRun ? facts.nextRun <= this.reading.now : !facts.schedule.paused)) return undefined;
    return same(facts.location, this.#locationOf(facts.schedule)) ? facts : undefined;
  }

  #scheduleFacts(schedule: Schedule): ScheduleFacts {
    const { table, gap } = timingOf(schedule);
    const anchor = timeOf(schedule.lastRun) ?? timeOf(schedule.createdAt);
    const next =
      table && !schedule.paused ? nextRun(table, this.reading.now, anchor === undefined ? undefined : new Date(anchor)) : undefined;
    const location = this.#locationOf(schedule);
    return {
      schedule,
      ...(next && { nextRun: next }),
      ...(gap !== undefined && { worstGap: gap }),
      ...(location && { location }),
    };
  }

  #locationOf(schedule: Schedule): ScheduleFacts['location'] {
    const { engine, location } = schedule;
    if (location !== undefined) {
      const found = this.locations.byName.get(`${engine}/${location}`);
      return found ?? (this.locations.readable.has(engine) ? 'missing' : undefined);
    }
    return [...this.locations.byName.values()].find((candidate) => candidate.engine === engine && candidate.isDefault);
  }
}

/** Where scopes are kept that name no namespace, or name it by a pattern. No namespace is called so. */
const everywhere = '*';

/** The namespaces that a scope names; undefined when only a look at each namespace tells. */
function namesOf({ namespaces }: Scope): readonly string[] | undefined {
  return namespaces === '*' || namespaces.some((name) => /[*?[\]]/.test(name)) ? undefined : namespaces;
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function same(a: ScheduleFacts['location'], b: ScheduleFacts['location']): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

/** Most schedules of a fleet share a few expressions, and measuring a gap walks through years. */
const timings = new Map<string, { table: Timetable | undefined; gap: number | undefined }>();
const timingsKept = 1_000;

function timingOf({ expression, timeZone }: Schedule): { table: Timetable | undefined; gap: number | undefined } {
  const key = `${timeZone ?? ''} ${expression}`;
  let timing = timings.get(key);
  if (!timing) {
    const table = timetable(expression, timeZone);
    timing = { table, gap: table && worstGap(table) };
    if (timings.size >= timingsKept) timings.clear();
    timings.set(key, timing);
  }
  return timing;
}

/** Of points, which stay the same from reading to reading as long as nothing changes them. */
const times = new WeakMap<RecoveryPoint, number>();

function whenOf(point: RecoveryPoint): number {
  let when = times.get(point);
  if (when === undefined) {
    when = timeOf(point.capturedAt) ?? timeOf(point.createdAt) ?? 0;
    times.set(point, when);
  }
  return when;
}
