import { ConflictError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { type Hooks, seenBy, writes } from './seen-by.ts';

export const faultNames = ['409', '429', '500', 'timeout', 'reset'] as const;
export type FaultName = (typeof faultNames)[number];

const faults: Record<FaultName, (cluster: string) => Error> = {
  '409': (cluster) => new ConflictError('somebody else wrote', { cluster }),
  '429': (cluster) => new ServiceUnavailableError('too many requests', { code: 'TOO_MANY_REQUESTS', cluster }),
  '500': (cluster) => new ServiceUnavailableError('internal error', { code: 'CLUSTER_ERROR', cluster }),
  timeout: (cluster) => new ServiceUnavailableError('no answer in time', { code: 'TIMEOUT', cluster }),
  reset: (cluster) => new ServiceUnavailableError('connection reset', { cluster }),
};

/** Only a write can be in conflict. */
export function befalls(name: FaultName, verb: string): boolean {
  return name !== '409' || writes.has(verb);
}

/** A process of whose calls from `arm` on the nth fails, of those that it can befall; calls to all of its clusters are counted together. */
export function failing(name: FaultName, nth: number): { through(cluster: ClusterClient): ClusterClient; arm(): void } {
  let count = 0;
  let armed = false;
  // A timeout or a reset may come after the server has done what it was asked for.
  const lost = name === 'timeout' || name === 'reset';
  const hooksOf = (cluster: string): Hooks => {
    const fail = ({ verb }: { verb: string }): void => {
      if (armed && befalls(name, verb) && count++ === nth) throw faults[name](cluster);
    };
    return lost ? { after: fail } : { before: fail };
  };
  return { through: (cluster) => seenBy(cluster, hooksOf(cluster.name)), arm: () => void (armed = true) };
}
