import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { ClusterReader, ClusterReading, ReadScope } from '@kubectl-dr/core/ports/reading';
import { ListReader } from '@kubectl-dr/core/service/list-reader';

export interface WatchedReaderOptions {
  watches: ClusterReader;
  /** Types that the watches keep. */
  kept: readonly ResourceType[];
  clusters: readonly ClusterClient[];
}

/**
 * Readings from the watches. Types that these do not keep, because only a check asks for them, are listed at that moment,
 * of the clusters that answer.
 */
export class WatchedReader implements ClusterReader {
  private readonly options: WatchedReaderOptions;
  private readonly kept: ReadonlySet<string>;

  constructor(options: WatchedReaderOptions) {
    this.options = options;
    this.kept = new Set(options.kept.map(resourceKey));
  }

  async read(kinds: readonly ResourceType[], scope: ReadScope = {}): Promise<ClusterReading[]> {
    const { watches, clusters } = this.options;
    const others = kinds.filter((type) => !this.kept.has(resourceKey(type)));
    const readings = await watches.read(
      kinds.filter((type) => !others.includes(type)),
      scope,
    );
    if (others.length === 0) return readings;
    const answering = clusters.filter(({ name }) => readings.some(({ cluster, unreachable }) => cluster === name && !unreachable));
    const listed = await new ListReader(answering).read(others, { ...scope, identity: false });
    return readings.map((reading) => {
      const more = listed.find(({ cluster }) => cluster === reading.cluster);
      return more ? joined(reading, more, others) : reading;
    });
  }
}

function joined(reading: ClusterReading, more: ClusterReading, others: readonly ResourceType[]): ClusterReading {
  const { unreachable } = more;
  const failures = unreachable ? others.map((type) => [resourceKey(type), unreachable] as const) : more.failures;
  return {
    ...reading,
    objects: new Map([...reading.objects, ...more.objects]),
    failures: new Map([...reading.failures, ...failures]),
  };
}
