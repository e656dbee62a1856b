import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { FakeClock } from '@kubectl-dr/core/testing/clock';

/** Who looks again and again, looks again within so long, milliseconds; who sleeps longer renews a lease, or waits for one to run out. */
const soon = 2_000;

/**
 * The clock of whoever works where time stands still: it passes for everybody while somebody waits, once for all who wait, and only
 * when nothing is under way.
 */
export function passingTime(clock: FakeClock, settle: () => Promise<void>): Clock {
  let waiting = 0;
  let passes = false;
  const pass = async (): Promise<void> => {
    passes = true;
    while (waiting > 0) {
      await settle();
      // Who works beside those who only renew their leases may be in the hands of a thread, which unpacks or hashes.
      if (clock.untilNext > soon) await new Promise((resolve) => setTimeout(resolve, 10));
      if (waiting > 0) await clock.advance(clock.untilNext);
    }
    passes = false;
  };
  return {
    now: () => clock.now(),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      const waited = clock.sleep(milliseconds, signal);
      waiting += 1;
      if (!passes) void pass();
      try {
        await waited;
      } finally {
        waiting -= 1;
      }
      // What is due at the same moment has happened.
      await settle();
      signal?.throwIfAborted();
    },
  };
}
