import type { StepAction } from '../planning/model.ts';
import { awaitReady } from './actions/await-ready.ts';
import { checkExec } from './actions/check-exec.ts';
import { checkHttp } from './actions/check-http.ts';
import { awaitClaims, awaitQuiet, discardClaim, removeKeptClaim } from './actions/claims.ts';
import type { ActionContext } from './actions/context.ts';
import { startCopy } from './actions/copy-start.ts';
import { stopCopy } from './actions/copy-stop.ts';
import { backup } from './actions/engine-backup.ts';
import { endOfRestore, releaseRestore, restore } from './actions/engine-restore.ts';
import { setFence } from './actions/fence-set.ts';
import { createNamespace } from './actions/namespace-create.ts';
import { isolate } from './actions/namespace-isolate.ts';
import { finishMove, move } from './actions/mover.ts';
import { removeEmptyNamespace } from './actions/namespace-remove-empty.ts';
import { removeNamespace } from './actions/namespace-remove.ts';
import { carryObjects } from './actions/objects-carry.ts';
import { removeObjects, restoreObjects } from './actions/objects.ts';
import { awaitPoint } from './actions/point-await.ts';
import { removePoint } from './actions/point-remove.ts';
import { endPromotion, endSync, pauseEnds, promote, reverse, sync } from './actions/replication.ts';
import { resume, suspend } from './actions/suspension.ts';
import { keepVolume, rebindVolume, releaseVolume } from './actions/volumes.ts';
import { createObject, restart, scale } from './actions/workloads.ts';

/** Carries one action out, however often it was begun before. Returns a sentence; throws a DrError when it failed. */
export async function runAction(action: StepAction, context: ActionContext): Promise<string> {
  switch (action.kind) {
    case 'namespace.create':
      return createNamespace(action, context);
    case 'namespace.isolate':
      return isolate(action, context);
    case 'namespace.remove':
      return removeNamespace(action, context);
    case 'namespace.remove.empty':
      return removeEmptyNamespace(action, context);
    case 'copy.stop':
      return stopCopy(action, context);
    case 'fence.set':
      return setFence(action, context);
    case 'copy.start':
      return startCopy(action, context);
    case 'objects.carry':
      return carryObjects(action, context);
    case 'replication.sync':
      return sync(action, context);
    case 'replication.sync.end':
      return endSync(action, context);
    case 'replication.promote':
      return promote(action, context);
    case 'replication.promote.end':
      return endPromotion(action, context);
    case 'replication.reverse':
      return reverse(action, context);
    case 'replication.pause':
      return pauseEnds(action, context);
    case 'mover.move':
      return move(action, context);
    case 'mover.finish':
      return finishMove(action, context);
    case 'engine.backup':
      return backup(action, context);
    case 'point.remove':
      return removePoint(action, context);
    case 'point.await':
      return awaitPoint(action, context);
    case 'engine.restore':
      return restore(action, context);
    case 'engine.restore.end':
      return endOfRestore(action, context);
    case 'engine.restore.release':
      return releaseRestore(action, context);
    case 'await.ready':
      return awaitReady(action, context);
    case 'await.quiet':
      return awaitQuiet(action, context);
    case 'await.claims':
      return awaitClaims(action, context);
    case 'workload.scale':
      return scale(action, context);
    case 'workload.restart':
      return restart(action, context);
    case 'object.suspend':
      return suspend(action, context);
    case 'object.resume':
      return resume(action, context);
    case 'object.create':
      return createObject(action, context);
    case 'objects.restore':
      return restoreObjects(action, context);
    case 'objects.remove':
      return removeObjects(action, context);
    case 'volume.keep':
      return keepVolume(action, context);
    case 'volume.rebind':
      return rebindVolume(action, context);
    case 'volume.release':
      return releaseVolume(action, context);
    case 'claim.remove':
      return removeKeptClaim(action, context);
    case 'claim.discard':
      return discardClaim(action, context);
    case 'check.http':
      return checkHttp(action, context);
    case 'check.exec':
      return checkExec(action, context);
  }
}
