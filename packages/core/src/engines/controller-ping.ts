import { timeOf } from '../application/raw.ts';
import { NotFoundError, ServiceUnavailableError } from '../errors.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { ResourceType } from '../ports/kubernetes.ts';

/** A living controller writes a status within seconds: 2 minutes. */
const silence = 2 * 60_000;

/**
 * Of an engine that is a controller without a server: no version is told, and that nothing of the namespace waits without any status is all
 * there is. ServiceUnavailableError ENGINE_DOWN otherwise. `install`: what to do where its types are not served; `pods`: as `kubectl get
 * pods -A -l` finds it, after what is to be looked for.
 */
export async function pingController(
  { cluster, namespace, signal }: EngineContext,
  {
    title,
    types,
    install,
    pods,
  }: { title: string; types: readonly ResourceType[]; install: string; pods: { what: string; label: string } },
): Promise<{ version?: string }> {
  const options = signal ? { signal } : {};
  for (const type of types) {
    const { items } = await cluster.list(type, { namespace, ...options }).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
      throw new ServiceUnavailableError(`${cluster.name} does not serve ${type.resource}.${type.group}`, {
        code: 'ENGINE_DOWN',
        cluster: cluster.name,
        hint: install,
        cause: error,
      });
    });
    const now = (await cluster.now(options)).getTime();
    const waiting = items.find(
      ({ status, metadata }) => status === undefined && now - (timeOf(metadata.creationTimestamp) ?? now) > silence,
    );
    if (waiting)
      throw new ServiceUnavailableError(
        `${title} does not act on ${cluster.name}: ${type.kind} ${namespace}/${waiting.metadata.name} has no status since ${waiting.metadata.creationTimestamp}`,
        {
          code: 'ENGINE_DOWN',
          cluster: cluster.name,
          hint: `look for its ${pods.what}: kubectl --context ${cluster.name} get pods -A -l ${pods.label}`,
        },
      );
  }
  return {};
}
