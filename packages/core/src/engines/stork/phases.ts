import { at, listAt, numberAt, textAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { PointPhase } from '../../protection/model.ts';

/** `status.status` of backups, restores and migrations alike; a word that is newer than this is Unknown. */
const phases: Record<string, PointPhase> = {
  Initial: 'Pending',
  Pending: 'Pending',
  InProgress: 'Running',
  Successful: 'Succeeded',
  PartialSuccess: 'Degraded',
  Failed: 'Failed',
};

/** What Stork has not seen yet has neither stage nor status; one that it works on may have a stage alone. */
export function phaseOf(object: KubeObject): PointPhase {
  if (textAt(object, 'metadata', 'deletionTimestamp') !== undefined) return 'Deleting';
  const status = textAt(object, 'status', 'status');
  if (status !== undefined) return phases[status] ?? 'Unknown';
  if (at(object, 'status', 'status') !== undefined && at(object, 'status', 'status') !== '') return 'Unknown';
  return textAt(object, 'status', 'stage') === undefined ? 'Pending' : 'Running';
}

/** `InProgress (Volumes)`: the words as they stand, the stage while there is more to come. */
export function nativeOf(object: KubeObject): string {
  const [status, stage] = [textAt(object, 'status', 'status'), textAt(object, 'status', 'stage')];
  if (status === undefined) return stage ?? '';
  return stage === undefined || stage === 'Final' ? status : `${status} (${stage})`;
}

/** Stork calls a backup Successful by what it counted; here it is one when nothing that it lists says otherwise. */
export function backupPhase(object: KubeObject): PointPhase {
  const phase = phaseOf(object);
  if (phase !== 'Succeeded') return phase;
  const listed = [...listAt(object, 'status', 'volumes'), ...listAt(object, 'status', 'resources')];
  const lacking = listed.some((one) => textAt(one, 'status') !== undefined && textAt(one, 'status') !== 'Successful');
  return lacking || (numberAt(object, 'status', 'failedVolCount') ?? 0) > 0 ? 'Degraded' : 'Succeeded';
}

/**
 * With replace policy Retain a restore that found something in its place ends as PartialSuccess, although it did all that was asked
 * of it: what was retained is no failure.
 */
export function restorePhase(object: KubeObject): PointPhase {
  const phase = phaseOf(object);
  if (phase !== 'Degraded') return phase;
  const listed = [...listAt(object, 'status', 'volumes'), ...listAt(object, 'status', 'resources')];
  return listed.length > 0 && listed.every((one) => ['Successful', 'Retained'].includes(textAt(one, 'status') ?? ''))
    ? 'Succeeded'
    : 'Degraded';
}
