import { annotations } from '../../application/model.ts';
import { textAt } from '../../application/raw.ts';
import { ConflictError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import { absent } from '../absent.ts';
import { kinds } from './kinds.ts';

/** Deletes the backup; what lies in the store goes with it unless it says Retain, which is told first that nobody wants it any more. */
export async function removePoint(context: EngineContext, { name, namespace }: Pick<RecoveryPoint, 'name' | 'namespace'>): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  const ref = { type: kinds.backups, namespace, name };
  const backup = await cluster.get(ref, options).catch(absent);
  if (!backup) return;
  if (backup.metadata.annotations?.[annotations.pinned] === 'true')
    throw new ConflictError(`${name} in ${namespace} on ${cluster.name} is pinned, so it is not removed`, {
      cluster: cluster.name,
      hint: `kubectl --context ${cluster.name} -n ${namespace} annotate applicationbackup ${name} ${annotations.pinned}-`,
    });
  if (textAt(backup, 'spec', 'reclaimPolicy') !== 'Delete')
    await cluster.patch(ref, 'merge', { spec: { reclaimPolicy: 'Delete' } }, options);
  const { uid } = backup.metadata;
  await cluster.delete(ref, { ...options, ...(uid !== undefined && { preconditions: { uid } }) }).catch(absent);
}
