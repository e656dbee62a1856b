import type { Ground, PlannerDeps } from './plan-ground.ts';

/** The clock of that cluster; the local one where it is not known. */
export async function nowAt({ clusters, clock }: PlannerDeps, name: string, signal?: AbortSignal): Promise<Date> {
  return (await clusters.find((cluster) => cluster.name === name)?.now(signal ? { signal } : {})) ?? clock.now();
}

/**
 * What time it is by the clock of each cluster that answered, when it is `now` by that of `home`: they were read a while before, and all
 * figures of a plan count to the one moment when it is made.
 */
export function clocksAt({ fleet, home, now }: Pick<Ground, 'fleet' | 'home' | 'now'>): Map<string, Date> {
  const read = fleet.clusters.flatMap((cluster) => (cluster.reachable ? [[cluster.name, Date.parse(cluster.now)] as const] : []));
  const since = now.getTime() - (new Map(read).get(home) ?? now.getTime());
  return new Map(read.map(([name, at]) => [name, new Date(at + since)]));
}
