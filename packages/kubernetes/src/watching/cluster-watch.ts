import type { DrError } from '@kubectl-dr/core/errors';
import { ServiceUnavailableError, asDrError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { ClusterReading, ReadScope } from '@kubectl-dr/core/ports/reading';
import { Collection } from './collection.ts';
import type { Pace } from './collection.ts';

/** How a cluster stands, for people who wonder how old what they see is. */
export interface WatchState {
  cluster: string;
  /** `stale`: it does not answer, but did a moment ago; its last objects are still used. */
  state: 'starting' | 'fresh' | 'stale' | 'unreachable';
  /** Milliseconds since the last answer; since the start when there was none. */
  age: number;
  error?: DrError;
}

/** Some objects of a type, watched by themselves because the whole type would be too much. */
export interface Selection {
  /** By which they are asked for. */
  name: string;
  type: ResourceType;
  namespace: string;
  labelSelector: string;
}

export interface ClusterWatchOptions {
  cluster: ClusterClient;
  kinds: readonly ResourceType[];
  selections: readonly Selection[];
  clock: Clock;
  pace: Pace;
  /** Milliseconds between two questions whether the cluster is there. */
  probe: number;
  /** A question that takes longer than this is not answered, milliseconds. */
  patience: number;
  /** For how long the last objects of a silent cluster are still believed, milliseconds. */
  grace: number;
  onChange(): void;
}

/** Several types of one cluster, and whether it answers at all. */
export class ClusterWatch {
  private readonly options: ClusterWatchOptions;
  private readonly collections: ReadonlyMap<string, Collection>;
  private readonly startedAt: number;
  private identity: string | undefined;
  private lastAnswer: number | undefined;
  private failure: DrError | undefined;
  /** Aborted when the cluster stopped answering: its streams are dead, whatever they look like. */
  private streams = new AbortController();

  /** The latest reading, until something changes. */
  private latest: { reading: ClusterReading; kinds: string; at: number } | undefined;

  constructor(given: ClusterWatchOptions) {
    const options = {
      ...given,
      onChange: () => {
        this.latest = undefined;
        given.onChange();
      },
    };
    this.options = options;
    this.startedAt = options.clock.now().getTime();
    this.collections = new Map([
      ...options.kinds.map((type) => [resourceKey(type), new Collection({ ...options, type })] as const),
      ...options.selections.map((selection) => [selection.name, new Collection({ ...options, ...selection })] as const),
    ]);
  }

  get name(): string {
    return this.options.cluster.name;
  }

  /** Every type was read, or it is known why not. */
  get settled(): boolean {
    if (this.failure) return true;
    return this.lastAnswer !== undefined && [...this.collections.values()].every(({ loaded, error }) => loaded || error !== undefined);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    await this.probe(signal);
    while (!signal.aborted) {
      this.streams = new AbortController();
      const both = AbortSignal.any([signal, this.streams.signal]);
      const running = Promise.all([...this.collections.values()].map((collection) => collection.run(both)));
      while (!both.aborted) {
        await clock.sleep(this.options.probe, both).catch(() => undefined);
        if (!both.aborted) await this.probe(signal);
        if (this.failure) this.streams.abort();
      }
      await running;
      while (this.failure && !signal.aborted) {
        await clock.sleep(this.options.probe, signal).catch(() => undefined);
        if (!signal.aborted) await this.probe(signal);
      }
    }
  }

  state(): WatchState {
    const now = this.options.clock.now().getTime();
    const age = now - (this.lastAnswer ?? this.startedAt);
    const cluster = this.name;
    if (this.failure) {
      const believed = this.lastAnswer !== undefined && age <= this.options.grace;
      return { cluster, state: believed ? 'stale' : 'unreachable', age, error: this.failure };
    }
    return { cluster, state: this.settled ? 'fresh' : 'starting', age: Math.max(0, age) };
  }

  /** By `resourceKey`, or by the name of a selection. */
  objects(key: string): readonly KubeObject[] {
    return this.collections.get(key)?.items() ?? [];
  }

  async reading(kinds: readonly ResourceType[], scope: ReadScope): Promise<ClusterReading> {
    const { tolerance = 0 } = scope;
    if (tolerance === 0 || scope.namespaces !== undefined) return this.readNow(kinds, scope);
    const asked = kinds.map(resourceKey).join(' ');
    const before = this.latest;
    const age = before && this.options.clock.now().getTime() - before.at;
    // A silent cluster changes by itself: what is believed of it ends.
    if (before?.kinds === asked && age! >= 0 && age! < tolerance && !this.failure) return before.reading;
    this.latest = undefined;
    const began = { at: this.options.clock.now().getTime(), kinds: asked };
    const made = { ...began, reading: { ...(await this.readNow(kinds, scope)), takenAt: new Date(began.at) } };
    if (this.failure === undefined && this.settled && this.unchangedSince(made.reading)) this.latest = made;
    return made.reading;
  }

  /** Nothing came while the cluster's clock was asked. */
  private unchangedSince({ objects }: ClusterReading): boolean {
    return [...objects].every(([key, items]) => this.collections.get(key)?.items() === items);
  }

  private async readNow(kinds: readonly ResourceType[], scope: ReadScope): Promise<ClusterReading> {
    const { state, error } = this.state();
    const known = { cluster: this.name, ...(this.identity === undefined ? {} : { identity: this.identity }), age: this.age(kinds) };
    // Without an answer there is no clock to ask; asking would wait for a cluster that is not there.
    if (state === 'unreachable' || this.lastAnswer === undefined || (scope.live && error))
      return {
        ...known,
        now: this.options.clock.now(),
        objects: new Map(),
        failures: new Map(),
        unreachable: error ?? this.notYetRead(),
      };
    const now = await this.options.cluster.now();
    const objects = new Map<string, readonly KubeObject[]>();
    const failures = new Map<string, DrError>();
    for (const type of kinds) {
      const key = resourceKey(type);
      const collection = this.collections.get(key);
      if (collection?.loaded && (collection.error === undefined || isOutage(collection.error)))
        objects.set(key, within(collection.items(), type, scope));
      else failures.set(key, collection?.error ?? this.notYetRead(key));
    }
    return { ...known, now, objects, failures };
  }

  /** Of the oldest type; one that is being watched is as fresh as the cluster's last answer. */
  private age(kinds: readonly ResourceType[]): number {
    const now = this.options.clock.now().getTime();
    const answered = this.lastAnswer ?? this.startedAt;
    const ages = kinds.map((type) => {
      const collection = this.collections.get(resourceKey(type));
      return collection?.error && collection.lastNews !== undefined ? now - collection.lastNews : now - answered;
    });
    return Math.max(0, ...ages);
  }

  private async probe(signal: AbortSignal): Promise<void> {
    const { cluster, clock, patience, onChange } = this.options;
    const before = this.failure?.code;
    const end = new AbortController();
    const late = clock.sleep(patience, end.signal).then(
      () => end.abort(new ServiceUnavailableError(`${cluster.name} has not answered for ${patience / 1000} s`, { cluster: cluster.name })),
      () => undefined,
    );
    try {
      const both = { signal: AbortSignal.any([signal, end.signal]) };
      try {
        this.identity = await cluster.identity(both);
      } catch (thrown) {
        const error = asDrError(thrown);
        // Somebody who may not read kube-system can still see their own namespaces.
        if (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND') throw error;
      }
      this.failure = undefined;
      this.lastAnswer = clock.now().getTime();
    } catch (thrown) {
      if (signal.aborted) return;
      this.failure = asDrError(thrown);
    } finally {
      end.abort();
      await late;
    }
    if (this.failure?.code !== before) onChange();
  }

  private notYetRead(what?: string): DrError {
    return new ServiceUnavailableError(`${this.name} has not been read yet${what === undefined ? '' : ` (${what})`}`, {
      cluster: this.name,
      hint: 'it is asked just now; look again in a moment',
    });
  }
}

/** The server did not answer this time: what it said before is still the best there is. */
function isOutage(error: DrError): boolean {
  return error.name === 'ServiceUnavailableError' || error.code === 'INTERNAL';
}

function within(items: readonly KubeObject[], type: ResourceType, { namespaces }: ReadScope): readonly KubeObject[] {
  if (!type.namespaced || namespaces === undefined) return items;
  return items.filter((object) => namespaces.includes(object.metadata.namespace ?? ''));
}
