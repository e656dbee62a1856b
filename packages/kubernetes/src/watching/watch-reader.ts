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
}

/** One cluster, and what ends its watches. */
interface Watched {
  watch: ClusterWatch;
  leaving: AbortController;
}

/**
 * Readings from memory, kept fresh by watches: what a server does that answers often. `read` asks no cluster, so one
 * that is dead costs nobody anything.
 */
export class WatchReader implements ClusterReader {
  private readonly options: WatchReaderOptions;
  private readonly watched: Watched[];
  private readonly clock: Clock;
  private readonly listeners = new Set<() => void>();
  /** Set while it runs: watches one more cluster, until that one leaves or all of it ends. */
  private begin: ((watched: Watched) => void) | undefined;

  constructor(options: WatchReaderOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
    this.watched = options.clusters.map((cluster) => this.watchedOf(cluster));
  }

  /** Watches until the signal fires. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    this.begin = ({ watch, leaving }) => {
      const run = watch.run(AbortSignal.any([signal, leaving.signal])).finally(() => running.delete(run));
      running.add(run);
    };
    for (const watched of this.watched) this.begin(watched);
    await new Promise((resolve) => (signal.aborted ? resolve(undefined) : signal.addEventListener('abort', resolve, { once: true })));
    this.begin = undefined;
    await Promise.all(running);
  }

  /** One more cluster; those that are watched already are not disturbed. Its name must be new. */
  add(cluster: ClusterClient): void {
    const watched = this.watchedOf(cluster);
    this.watched.push(watched);
    this.begin?.(watched);
    this.changed();
  }

  /** Its watches end, and nothing is known of it any more. */
  remove(cluster: string): void {
    const at = this.watched.findIndex(({ watch }) => watch.name === cluster);
    if (at === -1) return;
    const [left] = this.watched.splice(at, 1);
    left!.leaving.abort(new Error(`${cluster} is not watched any more`));
    this.changed();
  }

  /** Called after every change, many times in a row when much changes. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when every cluster was read or is known not to answer, at the latest after `milliseconds`. */
  async settled(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const end = this.clock.now().getTime() + milliseconds;
    while (!this.watched.every(({ watch }) => watch.settled) && this.clock.now().getTime() < end) await this.clock.sleep(50, signal);
  }

  states(): WatchState[] {
    return this.watched.map(({ watch }) => watch.state());
  }

  /** What is known of one cluster, also when it is silent: by `resourceKey` of a type, or by the name of a selection. */
  objects(cluster: string, key: string): readonly KubeObject[] {
    return this.watched.find(({ watch }) => watch.name === cluster)?.watch.objects(key) ?? [];
  }

  read(kinds: readonly ResourceType[], scope: ReadScope = {}): Promise<ClusterReading[]> {
    return Promise.all(this.watched.map(({ watch }) => watch.reading(kinds, scope)));
  }

  private watchedOf(cluster: ClusterClient): Watched {
    const { kinds, selections = [], pace = usualPace, probe = 15_000, patience = 10_000, grace = 60_000 } = this.options;
    const onChange = (): void => this.changed();
    const rules = { kinds, selections, pace, probe, patience, grace };
    return { watch: new ClusterWatch({ cluster, clock: this.clock, onChange, ...rules }), leaving: new AbortController() };
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
