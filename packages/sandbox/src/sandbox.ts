import type { Clock } from '@kubectl-dr/core/ports/clock';
import plans from '../data/clusters.json' with { type: 'json' };
import { systemClock } from '@kubectl-dr/core/system-clock';
import { type ClusterName, clusterNames } from './cluster-names.ts';
import { SandboxCluster } from './simulators/cluster.ts';
import { parseFault } from './simulators/faults/flags.ts';
import { type Identity, identities, tokensOf } from './identities.ts';
import { type Durations, visible } from './simulators/durations.ts';
import { MemoryBuckets } from './simulators/object-store.ts';
import { standBy, switches } from './simulators/two-sites.ts';

/** The bucket that both clusters write to, each under its own prefix. */
export const bucket = 'backups';

export interface SandboxOptions {
  /** Applications and 30 days of points. Default true; without it two furnished, empty clusters. */
  story?: boolean;
  clock?: Clock;
  /** Each cluster reads what the other backs up, so that it can go on when the other is lost. */
  standby?: boolean;
  /** Two more applications, which Ramen and Stork move between the clusters. */
  steered?: boolean;
  /** How long things take. Default: long enough to be seen. */
  durations?: Durations;
  /** As `--fault` takes them: `west:down`. More can befall a cluster later: `clusters.west.faults.push({ status: 500, times: 1 })`. */
  faults?: readonly string[];
  /** Bearer tokens of the identities. Default: random ones. */
  tokens?: Record<Identity, string>;
  /** Where clients reach the clusters, without a path. Default: a name that only in-process doors understand. */
  url?(): string;
}

/** Two clusters in this process, without a listener. */
export interface Sandbox {
  clusters: Record<ClusterName, SandboxCluster>;
  buckets: MemoryBuckets;
  /** Bearer token by identity. */
  tokens: Record<Identity, string>;
  /** Resolves when nothing is due on any cluster. */
  idle(): Promise<void>;
  close(): void;
}

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    story = true,
    standby,
    steered,
    clock = systemClock,
    durations = visible,
    faults = [],
    tokens = randomTokens(),
    url = () => 'https://sandbox.invalid',
  } = options;
  const befall = faults.map((text) => parseFault(text, clusterNames));
  const buckets = new MemoryBuckets([bucket]);
  const chapters = story ? await import('./story/story.ts') : undefined;
  const since = chapters?.beginning(clock.now());
  const open = (name: ClusterName): SandboxCluster =>
    new SandboxCluster({
      plan: plans[name],
      clock,
      ...(since && { since }),
      buckets,
      tokens: tokensOf(tokens),
      url: () => `${url()}/clusters/${name}`,
    });
  const clusters: Record<ClusterName, SandboxCluster> = { east: open('east'), west: open('west') };
  const all = Object.values(clusters);
  for (const cluster of all) await cluster.furnish();
  await chapters?.tellStory(clusters, clock.now());
  const idle = async (): Promise<void> => void (await Promise.all(all.map((cluster) => cluster.idle())));
  await idle();
  for (const cluster of all) cluster.startVelero(durations);
  if (standby) await standBy(clusters);
  if (steered) await (await import('./simulators/steered-sites.ts')).steer(clusters);
  switches(clusters);
  for (const fault of befall) fault(clusters);
  return {
    clusters,
    buckets,
    tokens,
    idle,
    close: () => all.forEach((cluster) => cluster.close()),
  };
}

export function randomTokens(): Record<Identity, string> {
  return Object.fromEntries(Object.keys(identities).map((name) => [name, `${name}-${crypto.randomUUID()}`])) as Record<Identity, string>;
}
