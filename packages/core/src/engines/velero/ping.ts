import { ServiceUnavailableError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import { apiVersionOf, types } from '../../ports/kubernetes.ts';
import { veleroKinds } from './kinds.ts';
import { count, fields, text } from './schema.ts';

/** A living server answers a ServerStatusRequest within a second; one that takes longer is down or in another namespace. */
const limit = 5_000;

export async function ping(context: EngineContext): Promise<{ version?: string }> {
  const { cluster, clock, namespace, signal } = context;
  const options = signal ? { signal } : {};
  const type = veleroKinds.serverStatusRequests;
  const request = await cluster.create(
    type,
    { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name: '', generateName: 'kubectl-dr-', namespace }, spec: {} },
    options,
  );
  const deadline = clock.now().getTime() + limit;
  const ref = { type, namespace, name: request.metadata.name };
  for (let wait = 50; ; wait = Math.min(wait * 2, 500)) {
    const status = fields((await cluster.get(ref, options)).status);
    if (status.phase === 'Processed') {
      const version = text(status.serverVersion);
      return version === undefined ? {} : { version };
    }
    if (clock.now().getTime() >= deadline) {
      throw new ServiceUnavailableError(`the Velero server on ${cluster.name} does not answer in the namespace ${namespace}`, {
        code: 'ENGINE_DOWN',
        cluster: cluster.name,
        hint: `kubectl --context ${cluster.name} -n ${namespace} logs deployment/velero`,
      });
    }
    await clock.sleep(wait, signal);
  }
}

/** The node agent, a DaemonSet beside the server: without it a data mover or a file system restore waits for hours. */
export async function pingMover({ cluster, namespace, signal }: EngineContext): Promise<void> {
  const { items } = await cluster.list(types.daemonSets, { namespace, ...(signal && { signal }) });
  const agent = items.find(({ metadata }) => metadata.name === 'node-agent');
  const ready = count(fields(agent?.status).numberReady) ?? 0;
  const wanted = count(fields(agent?.status).desiredNumberScheduled) ?? 0;
  if (agent && (ready > 0 || wanted === 0)) return;
  throw new ServiceUnavailableError(
    agent
      ? `no node agent of Velero on ${cluster.name} is ready: ${ready} of ${wanted}`
      : `Velero on ${cluster.name} has no node agent, which moves the data of volumes`,
    {
      code: 'ENGINE_DOWN',
      cluster: cluster.name,
      hint: `kubectl --context ${cluster.name} -n ${namespace} get daemonset node-agent`,
    },
  );
}
