import type { PlannerDeps } from './plan-ground.ts';

/** The clock of that cluster; the local one where it is not known. */
export async function nowAt({ clusters, clock }: PlannerDeps, name: string, signal?: AbortSignal): Promise<Date> {
  return (await clusters.find((cluster) => cluster.name === name)?.now(signal ? { signal } : {})) ?? clock.now();
}
