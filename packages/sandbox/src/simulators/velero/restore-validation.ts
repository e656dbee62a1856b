import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { isRecord, listAt, textAt, textsAt } from '../../api/json.ts';
import { find } from '../find.ts';
import { overlap } from './backup-validation.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';
import { kinds } from './kinds.ts';
import { resourceModifiers } from './modifiers.ts';
import { neverRestored } from './restore-order.ts';

export interface ValidRestore {
  errors: string[];
  backup?: KubeObject;
  location?: KubeObject;
}

/** What is wrong with a restore, and what it restores from (`restore_controller.go`, validateAndComplete). */
export async function validateRestore(options: VeleroOptions, restore: KubeObject): Promise<ValidRestore> {
  const { spec } = restore;
  const errors: string[] = [];
  for (const name of textsAt(spec, 'includedResources')) if (neverRestored.has(name)) errors.push(`${name} are non-restorable resources`);
  for (const problem of overlap(textsAt(spec, 'includedResources'), textsAt(spec, 'excludedResources')))
    errors.push(`Invalid included/excluded resource lists: ${problem}`);
  for (const problem of overlap(textsAt(spec, 'includedNamespaces'), textsAt(spec, 'excludedNamespaces')))
    errors.push(`Invalid included/excluded namespace lists: ${problem}`);
  if (isRecord((spec as Record<string, unknown> | undefined)?.labelSelector) && listAt(spec, 'orLabelSelectors').length > 0) {
    errors.push('encountered labelSelector as well as orLabelSelectors in restore spec, only one can be specified');
  }
  if (!['', 'none', 'update'].includes(textAt(spec, 'existingResourcePolicy')))
    errors.push(`Invalid ExistingResourcePolicy: ${textAt(spec, 'existingResourcePolicy')}`);
  const byBackup = textAt(spec, 'backupName');
  const bySchedule = textAt(spec, 'scheduleName');
  if ((byBackup === '') === (bySchedule === '')) {
    return { errors: [...errors, 'Either a backup or schedule must be specified as a source for the restore, but not both'] };
  }
  const name = byBackup || (await newestOf(options, bySchedule));
  if (name === undefined) return { errors: [...errors, 'No completed backups found for schedule'] };
  const backup = await find(options.cluster, refIn(options, kinds.backups, name));
  if (backup === undefined) return { errors: [...errors, `Error retrieving backup: backups.velero.io "${name}" not found`] };
  const locationName = textAt(backup, 'spec', 'storageLocation');
  const location = await find(options.cluster, refIn(options, kinds.locations, locationName));
  if (location === undefined)
    errors.push(`Error retrieving backup storage location: backupstoragelocations.velero.io "${locationName}" not found`);
  else if (textAt(location, 'status', 'phase') === 'Unavailable')
    errors.push(`The BSL ${locationName} is unavailable, cannot retrieve the backup`);
  await resourceModifiers(options, spec).catch((error: Error) => errors.push(error.message));
  return { errors, backup, ...(location && { location }) };
}

/** The latest Completed one; a PartiallyFailed one is never chosen by the server itself. */
async function newestOf({ cluster, namespace }: VeleroOptions, schedule: string): Promise<string | undefined> {
  const { items } = await cluster.list(kinds.backups, { namespace, labelSelector: `velero.io/schedule-name=${schedule}` });
  const completed = items.filter((backup) => textAt(backup, 'status', 'phase') === 'Completed');
  return completed.sort((a, b) => (textAt(a, 'status', 'startTimestamp') < textAt(b, 'status', 'startTimestamp') ? 1 : -1))[0]?.metadata
    .name;
}
