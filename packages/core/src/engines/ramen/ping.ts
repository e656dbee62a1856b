import { textAt, timeOf } from '../../application/raw.ts';
import { ServiceUnavailableError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import { kinds } from './kinds.ts';

/** A living operator looks at every placement once a minute: 30 minutes. */
const silence = 30 * 60_000;

/** No version is told and no server can be asked: that no placement is left unlooked at is all there is. */
export async function ping({ cluster, namespace, signal }: EngineContext): Promise<{ version?: string }> {
  const options = signal ? { signal } : {};
  const { items } = await cluster.list(kinds.placements, { namespace, ...options });
  const now = (await cluster.now(options)).getTime();
  const left = items.find((placement) => {
    const looked = timeOf(textAt(placement, 'status', 'lastUpdateTime')) ?? timeOf(placement.metadata.creationTimestamp);
    return looked !== undefined && now - looked > silence;
  });
  if (!left) return {};
  throw new ServiceUnavailableError(
    `Ramen does not act on ${cluster.name}: it has not looked at ${namespace}/${left.metadata.name} for half an hour`,
    {
      code: 'ENGINE_DOWN',
      cluster: cluster.name,
      hint: `look for its operator: kubectl --context ${cluster.name} get pods -A -l app=ramen-hub`,
    },
  );
}
