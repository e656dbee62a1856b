import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, textAt, textsAt } from '../../api/json.ts';
import { find } from '../find.ts';
import { notFound, overlap } from './backup-validation.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';
import { kinds } from './kinds.ts';
import type { Modifiers } from './modifiers.ts';
import { resourceModifiers } from './modifiers.ts';
import { neverRestored } from './restore-order.ts';

export interface ValidRestore {
  errors: string[];
  backup?: KubeObject;
  location?: KubeObject;
  modifiers?: Modifiers;
}

/** What is wrong with a restore, and what it restores from (`restore_controller.go`, validateAndComplete). `spec` has the defaults. */
export async function validateRestore(options: VeleroOptions, spec: Record<string, unknown>): Promise<ValidRestore> {
  const errors: string[] = [];
  for (const name of neverRestored)
    if (textsAt(spec, 'includedResources').includes(name)) errors.push(`${name} are non-restorable resources`);
  for (const problem of overlap(textsAt(spec, 'includedResources'), textsAt(spec, 'excludedResources')))
    errors.push(`Invalid included/excluded resource lists: ${problem}`);
  for (const problem of overlap(textsAt(spec, 'includedNamespaces'), textsAt(spec, 'excludedNamespaces')))
    errors.push(`Invalid included/excluded namespace lists: ${problem}`);
  if (isRecord(spec.labelSelector) && Array.isArray(spec.orLabelSelectors))
    errors.push('encountered labelSelector as well as orLabelSelectors in restore spec, only one can be specified');
  const byBackup = textAt(spec, 'backupName');
  const bySchedule = textAt(spec, 'scheduleName');
  if ((byBackup === '') === (bySchedule === '')) {
    return { errors: [...errors, 'Either a backup or schedule must be specified as a source for the restore, but not both'] };
  }
  if (!['', 'none', 'update'].includes(textAt(spec, 'existingResourcePolicy')))
    errors.push(`Invalid ExistingResourcePolicy: ${textAt(spec, 'existingResourcePolicy')}`);
  if (bySchedule !== '' && (await backupsOf(options, bySchedule)).length === 0) errors.push('No backups found for schedule');
  const name = byBackup || (await newestOf(options, bySchedule));
  if (name === undefined) return { errors: [...errors, 'No completed backups found for schedule'] };
  const backup = await find(options.cluster, refIn(options, kinds.backups, name));
  if (backup === undefined)
    return { errors: [...errors, `Error retrieving backup: can't find backup ${options.namespace}/${name}: ${notFound('Backup', name)}`] };
  const locationName = textAt(backup, 'spec', 'storageLocation');
  const location = await find(options.cluster, refIn(options, kinds.locations, locationName));
  if (location === undefined) return { errors: [...errors, `Error retrieving backup: ${notFound('BackupStorageLocation', locationName)}`] };
  if (textAt(location, 'status', 'phase') === 'Unavailable')
    return { errors: [...errors, `The BSL ${locationName} is unavailable, cannot retrieve the backup`] };
  const modifiers = await resourceModifiers(options, spec).catch((error: Error) => void errors.push(error.message));
  return { errors, backup, location, ...(modifiers && { modifiers }) };
}

async function backupsOf({ cluster, namespace }: VeleroOptions, schedule: string): Promise<KubeObject[]> {
  return (await cluster.list(kinds.backups, { namespace, labelSelector: `velero.io/schedule-name=${schedule}` })).items;
}

/** The latest Completed one; a PartiallyFailed one is never chosen by the server itself. */
async function newestOf(options: VeleroOptions, schedule: string): Promise<string | undefined> {
  const completed = (await backupsOf(options, schedule)).filter((backup) => textAt(backup, 'status', 'phase') === 'Completed');
  return completed.sort((a, b) => (textAt(a, 'status', 'startTimestamp') < textAt(b, 'status', 'startTimestamp') ? 1 : -1))[0]?.metadata
    .name;
}
