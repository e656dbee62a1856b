import type { Call, MemoryCluster } from './memory-cluster.ts';
import { writes } from './memory-cluster.ts';

class Killed extends Error {}

/**
 * Carries `work` out in a process that is gone from its nth write (from 0) on, before it or after it: like SIGKILL, it writes no
 * farewell. What `work` throws before its death is thrown; the cluster answers again afterwards.
 */
export async function killedAt(
  cluster: MemoryCluster,
  when: 'intercept' | 'afterwards',
  nth: number,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  let count = 0;
  let dead = false;
  const dying = new AbortController();
  const assertAlive = (): void => {
    if (dead) throw new Killed();
  };
  const die = (call: Call): void => {
    assertAlive();
    if (!writes.includes(call.verb)) return;
    if (count === nth) {
      dead = true;
      dying.abort(new Killed());
      throw new Killed();
    }
    count += 1;
  };
  if (when === 'afterwards') cluster.intercept = assertAlive;
  cluster[when] = die;
  await work(dying.signal).catch((error: unknown) => {
    if (!dead) throw error;
  });
  delete cluster.intercept;
  delete cluster.afterwards;
}
