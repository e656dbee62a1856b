import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { ClusterReader } from '@kubectl-dr/core/ports/reading';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { WatchReader } from '@kubectl-dr/kubernetes/watching/watch-reader';

export interface WatchedFleet {
  reader: ClusterReader;
  /** Resolves after the next change, at the latest after so many milliseconds. */
  changed(milliseconds: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** How long a first reading is waited for before what is there is shown. Milliseconds. */
const patience = 30_000;
/** Changes come in groups. */
const group = 150;

/** For `-w`: everything is read once and then watched, so that looking again costs the clusters nothing. */
export async function watchedFleet(
  clusters: readonly ClusterClient[],
  kinds: readonly ResourceType[],
  clock: Clock,
  signal: AbortSignal,
): Promise<WatchedFleet> {
  const leaving = new AbortController();
  const reader = new WatchReader({ clusters, clock, kinds });
  void reader.run(leaving.signal);
  await reader.settled(patience, signal);
  return {
    reader,
    async changed(milliseconds, given) {
      const end = new AbortController();
      const stop = reader.onChange(() => end.abort());
      await clock.sleep(milliseconds, AbortSignal.any([given, end.signal])).catch(() => undefined);
      stop();
      if (end.signal.aborted) await clock.sleep(group, given).catch(() => undefined);
    },
    close: () => leaving.abort(),
  };
}
