import { DrError, NotFoundError } from '../errors.ts';
import type { ClusterClient, RequestOptions } from '../ports/cluster.ts';
import { types } from '../ports/kubernetes.ts';

/** The namespace of journals and Leases, made where it is not there yet. */
export async function ensureNamespace(cluster: ClusterClient, name: string, options: RequestOptions = {}): Promise<void> {
  try {
    await cluster.get({ type: types.namespaces, name }, options);
    return;
  } catch (error) {
    // Somebody who may not read the namespace may still be allowed to write inside it.
    if (error instanceof DrError && error.code === 'FORBIDDEN') return;
    if (!(error instanceof NotFoundError)) throw error;
  }
  await cluster
    .create(
      types.namespaces,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'app.kubernetes.io/name': 'kubectl-dr' } } },
      options,
    )
    .catch((error: unknown) => {
      if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
    });
}
