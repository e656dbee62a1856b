import { timeOf } from '../../application/raw.ts';
import { NotFoundError, ServiceUnavailableError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine.ts';
import { kinds } from './kinds.ts';

/** A living controller writes a status within seconds: 2 minutes. */
const silence = 2 * 60_000;

/** There is no server to ask: that nothing of the namespace waits without any status is all there is. */
export async function ping({ cluster, namespace, signal }: EngineContext): Promise<{ version?: string }> {
  const options = signal ? { signal } : {};
  for (const type of [kinds.backups, kinds.restores]) {
    const { items } = await cluster.list(type, { namespace, ...options }).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
      throw new ServiceUnavailableError(`${cluster.name} does not serve ${type.resource}.${type.group}`, {
        code: 'ENGINE_DOWN',
        cluster: cluster.name,
        hint: 'install Stork; it brings its CustomResourceDefinitions itself',
        cause: error,
      });
    });
    const now = (await cluster.now(options)).getTime();
    const waiting = items.find(
      ({ status, metadata }) => status === undefined && now - (timeOf(metadata.creationTimestamp) ?? now) > silence,
    );
    if (waiting)
      throw new ServiceUnavailableError(
        `Stork does not act on ${cluster.name}: ${type.kind} ${namespace}/${waiting.metadata.name} has no status since ${waiting.metadata.creationTimestamp}`,
        {
          code: 'ENGINE_DOWN',
          cluster: cluster.name,
          hint: `look for its pods: kubectl --context ${cluster.name} get pods -A -l name=stork`,
        },
      );
  }
  return {};
}
