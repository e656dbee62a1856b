import { copyTrigger } from '@kubectl-dr/core/engines/volsync/kinds';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ControlledCluster } from '../api-cluster.ts';
import { instant } from './machine.ts';

const latest = 'volsync.backube/latest-copy-trigger';
const since = 'volsync.backube/latest-copy-trigger-waiting-since';

/** A claim may ask to be told before it is copied; the copy waits until its trigger was changed. */
export async function copyTriggered(cluster: ControlledCluster, { metadata }: KubeObject, clock: Clock): Promise<boolean> {
  const notes = metadata.annotations ?? {};
  if (notes[copyTrigger.uses] === undefined) return true;
  const trigger = notes[copyTrigger.trigger] ?? '';
  const tell = (annotations: Record<string, string | null>) =>
    cluster.patch({ type: types.persistentVolumeClaims, name: metadata.name, namespace: metadata.namespace! }, 'merge', {
      metadata: { annotations },
    });
  if (trigger === '' || trigger === notes[latest]) {
    if (notes[copyTrigger.status] !== 'WaitingForTrigger')
      await tell({ [copyTrigger.status]: 'WaitingForTrigger', [since]: instant(clock.now()) });
    return false;
  }
  await tell({ [copyTrigger.status]: 'Completed', [latest]: trigger, [since]: null });
  return true;
}
