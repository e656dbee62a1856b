import { labels } from '../../application/model.ts';
import { InputError } from '../../errors.ts';
import type { Engine } from '../../ports/engine.ts';
import { isRestoredBy } from '../csi/restore-progress.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { createdByVolSync, earlier } from './earlier.ts';
import { pause } from './ends.ts';
import { foresee } from './foresee.ts';
import { interpret, interpretedKinds } from './interpret.ts';
import { copyTrigger, engineId, kinds, notes } from './kinds.ts';
import { ping } from './ping.ts';
import { endPromotion, promote } from './promote.ts';
import { render } from './render.ts';
import { reverse } from './reverse.ts';
import { endSync, sync } from './sync.ts';

function none(): Promise<never> {
  return Promise.reject(new InputError('VolSync copies volumes continuously and lists no recovery points; back up with another engine'));
}

/** Volumes copied continuously to another cluster by `volsync.backube`. */
export const engine: Engine = {
  id: engineId,
  title: 'VolSync',
  capabilities: {
    backup: false,
    clone: false,
    inPlace: false,
    contents: false,
    configuration: false,
    replication: true,
    crossCluster: true,
  },
  kinds: interpretedKinds,
  marks: [labels.restore, notes.capturedAt, copyTrigger.trigger, copyTrigger.status],
  interpret,
  ping,
  isRestoredBy,
  replicator: {
    asOf: true,
    earlier,
    types: Object.values(kinds),
    promotes: [
      ...['get', 'list', 'patch', 'delete'].map((verb) => ({ verb, type: snapshotKinds.snapshots })),
      { verb: 'delete', type: kinds.destinations },
    ],
    offers: [
      ...['get', 'list', 'create', 'delete'].map((verb) => ({ verb, type: snapshotKinds.contents })),
      ...['create', 'list', 'delete'].map((verb) => ({ verb, type: snapshotKinds.snapshots })),
    ],
    own: createdByVolSync,
    render,
    foresee,
    sync,
    endSync,
    promote,
    endPromotion,
    pause,
    reverse,
  },
  contents: none,
  objects: none,
  startBackup: none,
  progressOfBackup: none,
  startRestore: none,
  progressOfRestore: none,
  outcomeOfRestore: none,
  finishRestore: async () => undefined,
};
