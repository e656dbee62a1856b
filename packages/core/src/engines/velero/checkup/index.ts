import type { Checkup } from '../../../doctor/check.ts';
import { objectChecks } from './objects.ts';
import { scheduleChecks } from './schedules.ts';
import { serverChecks } from './server.ts';
import { storageChecks, storageKinds } from './storage.ts';

/** What goes wrong with Velero itself, from its own objects and workloads alone; nothing is written or asked of its server. */
export const checkup: Checkup = {
  kinds: storageKinds,
  checks: [...serverChecks, ...storageChecks, ...scheduleChecks, ...objectChecks],
};
