import { DrError } from '../../errors.ts';
import { briefly } from '../../execution/briefly.ts';
import type { Operation } from '../../execution/model.ts';
import { type Fence, readFences } from '../../fencing/network-fence.ts';
import { preparedFor } from '../../planning/fence.ts';
import type { ClusterClient } from '../../ports/cluster.ts';
import type { Reason } from '../../reason.ts';

/**
 * Why nothing can be moved to a cluster: fences that are still closed on others keep it from its storage. Whoever may not see them, or a
 * cluster that does not answer, tells of none.
 */
export async function fencedTarget(to: string, others: readonly ClusterClient[], past: readonly Operation[]): Promise<Reason[]> {
  const found = await Promise.all(
    others.map((cluster) =>
      briefly(cluster.name, ({ signal }) => readFences(cluster, signal)).catch((error: unknown) => {
        if (error instanceof DrError) return [];
        throw error;
      }),
    ),
  );
  return preparedFor(found.flat(), new Set([to])).flatMap((fence) => (fence.state === 'Fenced' ? [closed(fence, past)] : []));
}

function closed({ name, on, of, heldFor }: Fence, past: readonly Operation[]): Reason {
  const open = heldFor.map((id) => `kubectl dr ${past.some((one) => one.id === id && one.undo !== undefined) ? 'undo' : 'confirm'} ${id}`);
  return {
    code: 'TARGET_FENCED',
    severity: 'blocker',
    cluster: of,
    message: `${of} is still cut off from its storage by NetworkFence ${name} on ${on}${heldFor.length > 0 ? `, for ${heldFor.join(', ')}` : ''}: nothing that goes there could write`,
    fix:
      open.length > 0
        ? `let it in again: ${open.join('; ')}`
        : `whoever closed it has to open it: kubectl --context ${on} edit networkfence ${name}`,
  };
}
