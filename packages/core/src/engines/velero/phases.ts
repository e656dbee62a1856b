import type { PointPhase } from '../../protection/model.ts';

/** The thirteen phases of a Backup (research: Velero 1.18, backup_types.go); a word newer than this is Unknown. */
const backup: Record<string, PointPhase> = {
  New: 'Pending',
  Queued: 'Pending',
  ReadyToStart: 'Pending',
  InProgress: 'Running',
  WaitingForPluginOperations: 'Running',
  WaitingForPluginOperationsPartiallyFailed: 'Running',
  Finalizing: 'Running',
  FinalizingPartiallyFailed: 'Running',
  Completed: 'Succeeded',
  PartiallyFailed: 'Degraded',
  Failed: 'Failed',
  FailedValidation: 'Failed',
  Deleting: 'Deleting',
};

/** A backup or restore that the server has not seen yet has no phase at all. */
export function phaseOf(native: unknown): PointPhase {
  if (native === undefined || native === '') return 'Pending';
  return typeof native === 'string' ? (backup[native] ?? 'Unknown') : 'Unknown';
}
