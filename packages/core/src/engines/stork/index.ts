import type { Engine } from '../../ports/engine.ts';
import { progressOfBackup, startBackup } from './backup.ts';
import { contents, objects } from './contents.ts';
import { foresee } from './foresee.ts';
import { interpret, interpretedKinds } from './interpret.ts';
import { engineId, kinds } from './kinds.ts';
import { mover } from './mover.ts';
import { ping } from './ping.ts';
import { removePoint } from './remove.ts';
import { isRestoredBy, outcomeOfRestore, progressOfRestore, startRestore } from './restore.ts';
import { ownedFields, renderPolicy, renderSchedule } from './schedule.ts';

/** Stork, the data management of Portworx, through its custom resources alone. */
export const engine: Engine = {
  id: engineId,
  title: 'Stork (Portworx)',
  capabilities: { backup: true, clone: true, inPlace: true, contents: true, configuration: true, replication: false, crossCluster: true },
  kinds: interpretedKinds,
  pointKinds: [kinds.backups],
  restoreKinds: [kinds.restores, kinds.clones],
  rewrites: false,
  schedule: {
    type: kinds.backupSchedules,
    owns: ownedFields,
    render: renderSchedule,
    timetable: {
      type: kinds.ownPolicies,
      owns: ['policy.interval', 'policy.daily', 'policy.weekly', 'policy.monthly'],
      render: renderPolicy,
    },
  },
  interpret,
  mover,
  ping,
  checkup: async () => (await import('./checkup.ts')).checkup,
  foresee,
  contents,
  objects,
  startBackup,
  progressOfBackup,
  startRestore,
  progressOfRestore,
  outcomeOfRestore,
  isRestoredBy,
  // What a restore used, Stork cleans up itself; the ApplicationRestore stays, for it is evidence.
  finishRestore: async () => undefined,
  removePoint,
};
