import { annotations } from '../../application/model.ts';
import { textAt } from '../../application/raw.ts';
import { ConflictError } from '../../errors.ts';
import type { KeptVolume } from '../../planning/model.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { ActionContext } from './context.ts';

/** Is it the volume of this claim, kept by this operation? Whatever a journal says: no other volume is touched. */
export function assertKept(
  volume: KubeObject,
  { namespace, claim }: Pick<KeptVolume, 'namespace' | 'claim'>,
  context: ActionContext,
): void {
  assertOf(volume, { namespace, claim }, context);
  if (volume.metadata.annotations?.[annotations.keptBy] === context.operationId) return;
  throw new ConflictError(`the volume ${volume.metadata.name} on ${context.cluster.name} is not kept by ${context.operationId}`, {
    cluster: context.cluster.name,
    hint: `kubectl --context ${context.cluster.name} describe pv ${volume.metadata.name}`,
  });
}

/** It is the volume of this claim, whoever keeps it. */
export function assertOf(volume: KubeObject, { namespace, claim }: Pick<KeptVolume, 'namespace' | 'claim'>, context: ActionContext): void {
  const owner = [textAt(volume, 'spec', 'claimRef', 'namespace'), textAt(volume, 'spec', 'claimRef', 'name')];
  if (owner[0] === namespace && owner[1] === claim) return;
  throw new ConflictError(`the volume ${volume.metadata.name} on ${context.cluster.name} does not belong to ${namespace}/${claim}`, {
    code: 'PLAN_STALE',
    cluster: context.cluster.name,
    hint: 'make the plan again',
  });
}
