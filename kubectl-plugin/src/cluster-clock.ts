import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Fleet } from '@kubectl-dr/core/service/model';
import type { Context } from './context.ts';

/**
 * Now by the clusters: the clock of the first that was read. The clock of this machine may be hours off, and says nothing about
 * how old something is there; it is taken only where none answered.
 */
export function nowOf(fleet: Pick<Fleet, 'clusters'>, clock: Clock): Date {
  const read = fleet.clusters.find(({ reachable }) => reachable);
  return read ? new Date(read.now) : clock.now();
}

/** The same without a fleet: asked of `home`, the cluster that keeps the journal in question, or of the first that answers. */
export async function clusterTime(context: Pick<Context, 'fleet' | 'clock' | 'signal'>, home?: string): Promise<Date> {
  const { clusters } = await context.fleet();
  const asked = clusters.filter(({ name }) => home === undefined || name === home);
  try {
    return await Promise.any(asked.map((cluster) => cluster.now({ signal: context.signal })));
  } catch {
    context.signal.throwIfAborted();
    return context.clock.now();
  }
}
