import type { Engine } from '../../ports/engine.ts';
import { progressOfBackup, startBackup } from './backup.ts';
import { contents } from './contents.ts';
import { foresee } from './foresee.ts';
import { interpret, interpretedKinds } from './interpret.ts';
import { veleroKinds } from './kinds.ts';
import { engineId } from './map.ts';
import { objects } from './objects.ts';
import { ping, pingMover } from './ping.ts';
import { releaseRestore } from './release.ts';
import { finishRestore, isRestoredBy, outcomeOfRestore, progressOfRestore, startRestore, stopRestore } from './restore.ts';
import { ownedFields, renderSchedule } from './schedule.ts';

/** Velero 1.18 and newer, through its custom resources alone. */
export const engine: Engine = {
  id: engineId,
  title: 'Velero',
  capabilities: { backup: true, clone: true, inPlace: true, contents: true, configuration: true, replication: false, crossCluster: true },
  kinds: interpretedKinds,
  pointKinds: [veleroKinds.backups],
  marks: ['velero.io/backup-name', 'velero.io/restore-name', 'velero.io/volume-snapshot-name', 'velero.io/data-upload-name'],
  restoreKinds: [veleroKinds.restores],
  movesAtRest: true,
  hookAnnotations: ['pre.hook.backup.velero.io/command'],
  schedule: { type: veleroKinds.schedules, owns: ownedFields, render: renderSchedule },
  interpret,
  ping,
  pingMover,
  checkup: async () => (await import('./checkup/index.ts')).checkup,
  foresee,
  contents,
  objects,
  startBackup,
  progressOfBackup,
  startRestore,
  progressOfRestore,
  isRestoredBy,
  outcomeOfRestore,
  stopRestore,
  finishRestore,
  releaseRestore,
};
