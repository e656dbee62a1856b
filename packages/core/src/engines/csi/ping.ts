import { timeOf } from '../../application/raw.ts';
import { NotFoundError, ServiceUnavailableError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';

/** A living controller writes a status within seconds; a snapshot that has none after this time tells that there is none: 2 minutes. */
const silence = 2 * 60_000;

/**
 * There is no server to ask: that snapshots are served, and that none of the namespace waits without any answer, is all
 * that can be known before one is taken.
 */
export async function ping(context: EngineContext): Promise<{ version?: string }> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  const { items } = await cluster.list(snapshotKinds.snapshots, { namespace, ...options }).catch(notServed(context));
  const now = (await cluster.now(options)).getTime();
  const waiting = items.find(({ status, metadata }) => status === undefined && now - (timeOf(metadata.creationTimestamp) ?? now) > silence);
  if (!waiting) return {};
  const { name, creationTimestamp } = waiting.metadata;
  throw new ServiceUnavailableError(
    `no snapshot controller acts on ${cluster.name}: VolumeSnapshot ${namespace}/${name} has had no answer since ${creationTimestamp}`,
    {
      code: 'ENGINE_DOWN',
      cluster: cluster.name,
      hint: `look for the snapshot controller: kubectl --context ${cluster.name} get pods -A; delete the snapshot when nobody needs it`,
    },
  );
}

/** For `.catch`: a cluster without the types has no snapshots. */
export function notServed({ cluster }: Pick<EngineContext, 'cluster'>): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ServiceUnavailableError(`${cluster.name} does not serve volume snapshots`, {
      code: 'ENGINE_DOWN',
      cluster: cluster.name,
      hint: 'install the snapshot controller with its CustomResourceDefinitions',
      cause: error,
    });
  };
}
