import { NotFoundError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';

/** The object, or undefined when it is not there (any more). */
export async function find(cluster: ClusterClient, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await cluster.get(ref);
  } catch (thrown) {
    if (thrown instanceof NotFoundError) return undefined;
    throw thrown;
  }
}

/** Carries out a deletion or change of something that may already be gone. */
export async function ifThere(action: Promise<unknown>): Promise<void> {
  await action.catch((thrown: unknown) => {
    if (!(thrown instanceof NotFoundError)) throw thrown;
  });
}
