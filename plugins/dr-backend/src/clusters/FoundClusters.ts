import type { LoggerService } from '@backstage/backend-plugin-api';
import { asDrError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { WatchReader } from '@kubectl-dr/kubernetes';

/** What stands in no configuration, and changes while a portal runs. */
export interface LocatedClusters {
  /** Who finds them, as a message begins: `The Kubernetes plugin`. */
  says: string;
  /** Throws while nobody tells: then nothing is known, and nothing has gone. `problems`: a sentence each. */
  names(): Promise<{ names: string[]; problems: string[] }>;
  /** Asked once, when the name is new; `close` when it has gone. */
  clusterOf(name: string): Promise<FoundCluster>;
}

export interface FoundCluster {
  client: ClusterClient;
  close(): Promise<void>;
}

export interface FoundClustersOptions {
  located: LocatedClusters;
  /** All clusters of the portal, in one list that everybody holds: what is found comes in, what has gone leaves. */
  clusters: ClusterClient[];
  clock: Clock;
  logger: LoggerService;
  /** Milliseconds between two questions; default a minute. */
  every?: number;
}

/** Who has to hear of a cluster that came, or has gone. */
type Watches = Pick<WatchReader, 'add' | 'remove'>;

/** A locator may forget a cluster for a moment: it has gone when so many answers in a row lacked it. */
const lackedBefore = 2;

/**
 * Clusters that something finds (the Kubernetes plugin, a supplier of another module), which change while a portal runs. Those that
 * stay are not touched; while it does not answer, all stay.
 */
export class FoundClusters {
  private readonly options: FoundClustersOptions;
  private readonly found = new Map<string, { cluster: FoundCluster; lacked: number }>();
  /** Said already, and true still. */
  private said: ReadonlySet<string> = new Set();

  constructor(options: FoundClustersOptions) {
    this.options = options;
  }

  /** Asks once. Never throws. */
  async look(watches?: Watches): Promise<void> {
    try {
      const { names, problems } = await this.options.located.names();
      for (const name of names) if (!this.found.has(name) && !this.isTaken(name)) await this.come(name, watches);
      for (const [name, known] of this.found) {
        known.lacked = names.includes(name) ? 0 : known.lacked + 1;
        if (known.lacked >= lackedBefore) await this.go(name, known.cluster, watches);
      }
      this.say(problems);
    } catch (thrown) {
      const what =
        this.found.size === 0 ? 'so those that are not in the configuration are missing' : 'so those that it found before are used';
      this.say([`${this.options.located.says} does not tell its clusters, ${what}: ${asDrError(thrown).message}`]);
    }
  }

  /** Asks again and again until the signal fires. */
  async run(watches: Watches, signal: AbortSignal): Promise<void> {
    const { clock, every = 60_000 } = this.options;
    while (!signal.aborted) {
      await clock.sleep(every, signal).catch(() => undefined);
      if (!signal.aborted) await this.look(watches);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.found.values()].map(({ cluster }) => cluster.close()));
  }

  private async come(name: string, watches: Watches | undefined): Promise<void> {
    const { located, clusters, logger } = this.options;
    const cluster = await located.clusterOf(name);
    this.found.set(name, { cluster, lacked: 0 });
    clusters.push(cluster.client);
    watches?.add(cluster.client);
    logger.info(`${located.says} finds the cluster ${name}: it is watched`);
  }

  private async go(name: string, cluster: FoundCluster, watches: Watches | undefined): Promise<void> {
    const { located, clusters, logger } = this.options;
    this.found.delete(name);
    clusters.splice(clusters.indexOf(cluster.client), 1);
    watches?.remove(name);
    await cluster.close();
    logger.warn(`${located.says} does not find the cluster ${name} any more: it is not watched, and nothing is done there`);
  }

  private isTaken(name: string): boolean {
    return this.options.clusters.some((cluster) => cluster.name === name);
  }

  private say(problems: readonly string[]): void {
    for (const problem of problems) if (!this.said.has(problem)) this.options.logger.warn(problem);
    this.said = new Set(problems);
  }
}
