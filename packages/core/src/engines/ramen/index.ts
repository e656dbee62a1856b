import { InputError } from '../../errors.ts';
import type { Engine } from '../../ports/engine.ts';
import { interpret, interpretedKinds } from './interpret.ts';
import { engineId } from './kinds.ts';
import { mover } from './mover.ts';
import { ping } from './ping.ts';

function none(): Promise<never> {
  return Promise.reject(new InputError('Ramen moves applications and keeps no recovery points; back up with another engine'));
}

/** Applications that RamenDR manages: steered through their DRPlacementControl on the hub, never rebuilt beside it. */
export const engine: Engine = {
  id: engineId,
  title: 'Ramen',
  capabilities: {
    backup: false,
    clone: false,
    inPlace: false,
    contents: false,
    configuration: false,
    replication: false,
    crossCluster: true,
  },
  kinds: interpretedKinds,
  interpret,
  ping,
  checkup: async () => (await import('./checkup.ts')).checkup,
  mover,
  isRestoredBy: async () => false,
  contents: none,
  objects: none,
  startBackup: none,
  progressOfBackup: none,
  startRestore: none,
  progressOfRestore: none,
  outcomeOfRestore: none,
  finishRestore: async () => undefined,
};
