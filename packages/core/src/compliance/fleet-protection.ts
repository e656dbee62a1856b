import { timeOf } from '../application/raw.ts';
import type { Engine } from '../ports/engine.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import { nextRun, timetable, worstGap } from '../policy/schedule.ts';
import type { ProtectionState, RecoveryPoint, Replication, Schedule, VolumeCapture } from '../protection/model.ts';
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
  readonly #reaching = new Map<string, readonly RecoveryPoint[]>();
  readonly #evidence: ReadonlyMap<string, readonly VolumeCapture[]>;
  readonly #patterned: RecoveryPoint[] = [];
  readonly #replications = new Map<string, Replication[]>();
  readonly #trouble = new Map<RecoveryPoint, Reason | undefined>();

  constructor(reading: ClusterReading, engines: readonly Engine[]) {
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
    for (const replication of this.states.flatMap(({ replications }) => replications)) {
      const list = this.#replications.get(replication.namespace);
      if (list) list.push(replication);
      else this.#replications.set(replication.namespace, [replication]);
    }
    this.schedules = this.states.flatMap((state) => state.schedules).map((schedule) => this.#scheduleFacts(schedule));
    for (const point of this.states.flatMap((state) => state.points)) {
      const { namespaces } = point.scope;
      if (namespaces === '*' || namespaces.some((name) => /[*?[\]]/.test(name))) this.#patterned.push(point);
      else
        for (const name of namespaces) {
          const list = this.#named.get(name);
          if (list) list.push(point);
          else this.#named.set(name, [point]);
        }
    }
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
        .map((point) => ({ point, when: timeOf(point.capturedAt) ?? timeOf(point.createdAt) ?? 0 }))
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
    if (!this.#trouble.has(point)) this.#trouble.set(point, pointTrouble(point, this.locations, this.reading.now));
    return this.#trouble.get(point);
  }

  #scheduleFacts(schedule: Schedule): ScheduleFacts {
    const table = timetable(schedule.expression, schedule.timeZone);
    const anchor = timeOf(schedule.lastRun) ?? timeOf(schedule.createdAt);
    const next =
      table && !schedule.paused ? nextRun(table, this.reading.now, anchor === undefined ? undefined : new Date(anchor)) : undefined;
    const gap = table && worstGap(table);
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
