import { labels } from '../../application/model.ts';
import type { Engine } from '../../ports/engine.ts';
import { progressOfBackup, startBackup } from './backup.ts';
import { contents, objects } from './contents.ts';
import { foresee } from './foresee.ts';
import { interpret, interpretedKinds } from './interpret.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { ping } from './ping.ts';
import { engineId } from './point.ts';
import { notes } from './record.ts';
import { removePoint } from './remove.ts';
import { finishRestore, isRestoredBy, outcomeOfRestore, progressOfRestore, stopRestore } from './restore-progress.ts';
import { startRestore } from './restore.ts';

/** Volume snapshots of the cluster's own storage, through `snapshot.storage.k8s.io` alone: no server, no location. */
export const engine: Engine = {
  id: engineId,
  title: 'CSI volume snapshots',
  capabilities: {
    backup: true,
    clone: true,
    inPlace: true,
    contents: true,
    configuration: false,
    replication: false,
    crossCluster: false,
  },
  kinds: interpretedKinds,
  pointKinds: [snapshotKinds.snapshots],
  marks: [labels.restore, notes.stopped],
  interpret,
  ping,
  foresee,
  contents,
  objects,
  startBackup,
  progressOfBackup,
  startRestore,
  progressOfRestore,
  outcomeOfRestore,
  isRestoredBy,
  stopRestore,
  finishRestore,
  removePoint,
};
