import { textAt, timeOf } from '@kubectl-dr/core/application/raw';
import { nextRun, timetable } from '@kubectl-dr/core/policy/schedule';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';

/** What a mover did: nothing yet (and why, which VolSync tells in its condition), it failed and is begun anew, or it ended. */
export type Moved =
  | { done: false; error?: string; again?: number }
  | { done: false; failed: string; again?: number }
  | { done: true; logs: string; image?: Record<string, string> };

export interface Step {
  status: Record<string, unknown>;
  /** Milliseconds. */
  again?: number;
}

/**
 * One reconciliation as VolSync's own machine does it: three states told apart by two times, a trigger that is told as done by
 * whatever sync ends while it is there, and a manual one that puts the schedule to rest.
 */
export async function run(object: KubeObject, clock: Clock, move: (started: Date) => Promise<Moved>): Promise<Step> {
  const [manual, schedule] = [textAt(object, 'spec', 'trigger', 'manual') || undefined, textAt(object, 'spec', 'trigger', 'schedule')];
  const last = timeOf(textAt(object, 'status', 'lastSyncTime'));
  const start = timeOf(textAt(object, 'status', 'lastSyncStartTime'));
  const now = clock.now();
  if (start !== undefined) {
    const moved = await move(new Date(start));
    if (!moved.done) {
      const again = moved.again === undefined ? {} : { again: moved.again };
      if ('failed' in moved)
        return {
          status: { latestMoverStatus: { result: 'Failed', logs: moved.failed }, ...condition(object, now, true, 'SyncInProgress') },
          ...again,
        };
      return {
        status:
          moved.error === undefined ? condition(object, now, true, 'SyncInProgress') : condition(object, now, false, 'Error', moved.error),
        ...again,
      };
    }
    const ended = clock.now();
    return {
      status: {
        lastSyncStartTime: null,
        lastSyncTime: instant(ended),
        lastSyncDuration: `${(ended.getTime() - start) / 1000}s`,
        // The tag that is there NOW, whenever it came.
        ...(manual !== undefined && { lastManualSync: manual }),
        latestMoverStatus: { result: 'Successful', logs: moved.logs },
        ...(moved.image && { latestImage: moved.image }),
        ...condition(object, now, false, 'CleaningUp'),
      },
      again: 0,
    };
  }
  const next = manual === undefined && schedule !== undefined && last !== undefined ? nextOf(schedule, new Date(last)) : undefined;
  const due =
    last === undefined ||
    (manual !== undefined ? manual !== textAt(object, 'status', 'lastManualSync') : next === undefined || next <= now);
  if (due) return { status: { lastSyncStartTime: instant(now), ...condition(object, now, true, 'SyncInProgress') }, again: 0 };
  return {
    status: {
      nextSyncTime: next ? instant(next) : null,
      ...condition(object, now, false, next ? 'WaitingForSchedule' : 'WaitingForManual'),
    },
    ...(next && { again: Math.max(1, next.getTime() - now.getTime()) }),
  };
}

function nextOf(schedule: string, after: Date): Date | undefined {
  const table = timetable(schedule);
  return table && nextRun(table, after);
}

/** Whole seconds, as Kubernetes writes times. */
export function instant(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

const messages: Record<string, string> = {
  SyncInProgress: 'Synchronization in-progress',
  WaitingForSchedule: 'Waiting for next scheduled synchronization',
  WaitingForManual: 'Waiting for manual trigger',
  CleaningUp: 'Cleaning up',
};

function condition(object: KubeObject, now: Date, on: boolean, reason: string, message = messages[reason] ?? ''): Record<string, unknown> {
  const known = (object.status as { conditions?: { type: string; status: string; reason: string; message: string }[] } | undefined)
    ?.conditions?.[0];
  const status = on ? 'True' : 'False';
  if (known?.status === status && known.reason === reason && known.message === message) return {};
  return { conditions: [{ type: 'Synchronizing', status, reason, message, lastTransitionTime: instant(now) }] };
}
