import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { ClusterReader, ClusterReading, ReadScope } from '@kubectl-dr/core/ports/reading';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { ClusterWatch } from './cluster-watch.ts';
import type { Selection, WatchState } from './cluster-watch.ts';
import { usualPace } from './collection.ts';
import type { Pace } from './collection.ts';

export interface WatchReaderOptions {
  clusters: readonly ClusterClient[];
  /** Types that are kept; another one cannot be read. */
  kinds: readonly ResourceType[];
  selections?: readonly Selection[];
  clock?: Clock;
  pace?: Pace;
  /** See `ClusterWatchOptions`. Defaults: 15 s, 10 s, 60 s. */
  probe?: number;
  patience?: number;
  grace?: number;
  keep?: (object: KubeObject) => KubeObject;
}

/**
 * Readings from memory, kept fresh by watches: what a server does that answers often. `read` asks no cluster, so one
 * that is dead costs nobody anything.
 */
export class WatchReader implements ClusterReader {
  private readonly watches: readonly ClusterWatch[];
  private readonly clock: Clock;
  private readonly listeners = new Set<() => void>();

  constructor(options: WatchReaderOptions) {
    this.clock = options.clock ?? systemClock;
    this.watches = options.clusters.map(
      (cluster) =>
        new ClusterWatch({
          cluster,
          kinds: options.kinds,
          selections: options.selections ?? [],
          clock: this.clock,
          pace: options.pace ?? usualPace,
          probe: options.probe ?? 15_000,
          patience: options.patience ?? 10_000,
          grace: options.grace ?? 60_000,
          ...(options.keep && { keep: options.keep }),
          onChange: () => {
            for (const listener of this.listeners) listener();
          },
        }),
    );
  }

  /** Watches until the signal fires. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.run(signal)));
  }

  /** Called after every change, many times in a row when much changes. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when every cluster was read or is known not to answer, at the latest after `milliseconds`. */
  async settled(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const end = this.clock.now().getTime() + milliseconds;
    while (!this.watches.every((watch) => watch.settled) && this.clock.now().getTime() < end) await this.clock.sleep(50, signal);
  }

  states(): WatchState[] {
    return this.watches.map((watch) => watch.state());
  }

  /** What is known of one cluster, also when it is silent: by `resourceKey` of a type, or by the name of a selection. */
  objects(cluster: string, key: string): readonly KubeObject[] {
    return this.watches.find((watch) => watch.name === cluster)?.objects(key) ?? [];
  }

  read(kinds: readonly ResourceType[], scope: ReadScope = {}): Promise<ClusterReading[]> {
    return Promise.all(this.watches.map((watch) => watch.reading(kinds, scope)));
  }
}
