import { at, isRaw, listAt, textAt, timeOf } from '../../application/raw.ts';
import { parseDuration } from '../../policy/duration.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { PointPhase } from '../../protection/model.ts';

const movers = ['restic', 'rsyncTLS', 'rsync', 'rclone', 'syncthing', 'external'] as const;
export type Mover = (typeof movers)[number];

/** The one that the object names; undefined: none, or more than one, which VolSync refuses. */
export function moverOf(object: KubeObject): Mover | undefined {
  const named = movers.filter((mover) => isRaw(at(object, 'spec', mover)));
  return named.length === 1 ? named[0] : undefined;
}

/** Data comes by a repository between the ends: the target asks for it, when it likes, whether or not the source is alive. */
export function pulls(object: KubeObject): boolean {
  const mover = moverOf(object);
  return mover === 'restic' || mover === 'rclone';
}

/**
 * Where VolSync's own machine stands, which tells nothing of it in words: a sync is under way exactly while `lastSyncStartTime`
 * is set, and before the first has ended.
 */
export function isSyncing(object: KubeObject): boolean {
  return timeOf(at(object, 'status', 'lastSyncStartTime')) !== undefined || timeOf(at(object, 'status', 'lastSyncTime')) === undefined;
}

export function isPaused(object: KubeObject): boolean {
  return at(object, 'spec', 'paused') === true;
}

export function manualOf(object: KubeObject): string | undefined {
  return textAt(object, 'spec', 'trigger', 'manual') || undefined;
}

export function lastManualOf(object: KubeObject): string | undefined {
  return textAt(object, 'status', 'lastManualSync') || undefined;
}

export function moverFailed(object: KubeObject): boolean {
  return textAt(object, 'status', 'latestMoverStatus', 'result') === 'Failed';
}

/** A restic restore out of an empty repository, or of nothing old enough, ends well and leaves an empty volume. */
export function foundNothing(object: KubeObject): boolean {
  return /No eligible snapshots found|No data will be restored/.test(textAt(object, 'status', 'latestMoverStatus', 'logs') ?? '');
}

/**
 * Start of the last sync that ended. `lastSyncTime` is its end, and `lastSyncStartTime` is of another one, which runs. The copy of
 * the volume is cut a moment after.
 */
export function lastStart(object: KubeObject): string | undefined {
  const [end, took] = [timeOf(at(object, 'status', 'lastSyncTime')), durationOf(object)];
  return end === undefined || took === undefined ? undefined : new Date(end - took).toISOString();
}

/** Milliseconds. */
export function durationOf(object: KubeObject): number | undefined {
  const text = textAt(object, 'status', 'lastSyncDuration');
  if (text === undefined || text.length > 40) return undefined;
  try {
    return parseDuration(text, 'lastSyncDuration');
  } catch {
    return undefined;
  }
}

/** When restic had taken the snapshot that a target was restored from, out of the log of its mover. */
export function restoredFrom(object: KubeObject): string | undefined {
  const logs = textAt(object, 'status', 'latestMoverStatus', 'logs') ?? '';
  const found = /^\s*restoring .{0,200}? at (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d)/im.exec(logs.slice(0, 64 * 1024));
  const time = found ? timeOf(`${found[1]}T${found[2]}${found[3]}:${found[4]}`) : undefined;
  return time === undefined ? undefined : new Date(time).toISOString();
}

/** VolSync has no phase: made of its one condition, the result of its last mover, and what it never wrote. */
export function phaseOf(object: KubeObject): { phase: PointPhase; nativePhase: string; message?: string } {
  const condition = listAt(object, 'status', 'conditions').find((one) => one.type === 'Synchronizing');
  const reason = textAt(condition, 'reason') ?? '';
  const synced = timeOf(at(object, 'status', 'lastSyncTime')) !== undefined;
  const told = (phase: PointPhase, message?: string) => ({ phase, nativePhase: reason, ...(message ? { message } : {}) });
  if (textAt(object, 'metadata', 'deletionTimestamp') !== undefined) return told('Deleting');
  if (isRaw(at(object, 'spec', 'external')))
    return { phase: 'Unknown', nativePhase: 'External', message: 'it is synchronised by something outside of VolSync' };
  if (reason === 'Error') return told('Failed', textAt(condition, 'message'));
  if (moverFailed(object)) return told('Failed', lastLine(textAt(object, 'status', 'latestMoverStatus', 'logs')) ?? 'the mover failed');
  const tag = manualOf(object);
  const stopped =
    tag !== undefined && tag === lastManualOf(object) && textAt(object, 'spec', 'trigger', 'schedule') !== undefined
      ? `the manual trigger ${tag.slice(0, 80)} stops its schedule until it is taken away`
      : undefined;
  switch (reason) {
    case 'SyncInProgress':
      // A destination that always listens waits for its source all the time.
      return told(synced && object.kind === 'ReplicationDestination' && !pulls(object) ? 'Succeeded' : 'Running');
    case 'WaitingForSchedule':
    case 'WaitingForManual':
    case 'CleaningUp':
      return told(synced ? 'Succeeded' : 'Pending', stopped);
    case '':
      return told('Pending');
    default:
      return told('Unknown');
  }
}

function lastLine(logs: string | undefined): string | undefined {
  return logs?.slice(-4_000).trim().split('\n').at(-1)?.trim().slice(0, 300) || undefined;
}
