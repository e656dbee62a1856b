import type { AuthService, DiscoveryService } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubernetesPlugin } from './kubernetes-plugin.ts';

/** It starts at the same time as this plugin, milliseconds. */
const patience = 20_000;
const between = 500;

/** In this plugin's own name: what a caller may is decided before anything is asked of a cluster. */
export function kubernetesPlugin(
  discovery: Pick<DiscoveryService, 'getBaseUrl'>,
  auth: Pick<AuthService, 'getOwnServiceCredentials' | 'getPluginRequestToken'>,
  clock: Clock,
): KubernetesPlugin {
  const baseUrl = () => discovery.getBaseUrl('kubernetes');
  const token = async (): Promise<string> => {
    const onBehalfOf = await auth.getOwnServiceCredentials();
    return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'kubernetes' })).token;
  };
  const ask = async (): Promise<Response> => {
    const headers = { authorization: `Bearer ${await token()}` };
    return fetch(`${await baseUrl()}/clusters`, { headers, signal: AbortSignal.timeout(patience) });
  };
  return {
    baseUrl,
    token,
    async clusters() {
      for (const end = clock.now().getTime() + patience; ; await clock.sleep(between)) {
        const answer = await ask().catch((thrown: Error) => thrown);
        if (answer instanceof Response && answer.ok) return clustersOf(await answer.json());
        const why = answer instanceof Response ? `it answered ${answer.status}` : answer.message;
        // Until its plugin has started, a backend answers 503, or nobody listens yet. Else another try would end the same.
        const starting = answer instanceof Error || answer.status === 503;
        if (!starting || clock.now().getTime() > end) throw new ServiceUnavailableError(why);
      }
    },
  };
}

/** `GET /clusters` of the plugin; there is more in it. */
function clustersOf(answer: unknown): { name: string; authProvider: string }[] {
  const { items } = answer as { items?: { name?: unknown; authProvider?: unknown }[] };
  if (!Array.isArray(items)) throw new ServiceUnavailableError('it answered without a list');
  return items.flatMap(({ name, authProvider }) =>
    typeof name === 'string' ? [{ name, authProvider: typeof authProvider === 'string' ? authProvider : '' }] : [],
  );
}
