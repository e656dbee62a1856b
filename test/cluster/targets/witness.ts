import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { listAt, textAt } from '@kubectl-dr/sandbox/api/json';

const endpointSlices: ResourceType = {
  group: 'discovery.k8s.io',
  version: 'v1',
  resource: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
};

export interface Seen {
  /** Every pod that there ever was while somebody looked, by its uid. */
  pods: string[];
  /** The fewest pods that were ready at once. */
  fewestReady: number;
  /** The fewest ready addresses that the Service led to at once; absent where nothing makes EndpointSlices. */
  fewestAddresses?: number;
  /** How often the Service was asked through the API server's proxy, if it was, and how often it did not answer. */
  asked?: { times: number; unanswered: number };
}

export interface Scene {
  namespace: string;
  labelSelector: string;
  /** Its first port is 80. */
  service: string;
  /** Where something answers: also asks the Service, all the time. */
  ask: boolean;
}

/**
 * Looks at the pods with a label, and at the addresses of a Service, without a gap until it is asked what it saw. Where pods
 * are no programs, that is what it means to answer: the same ready pods, and a Service that leads to them.
 */
export async function witness(cluster: ClusterClient, scene: Scene): Promise<() => Promise<Seen>> {
  const { namespace, labelSelector, service } = scene;
  const ending = new AbortController();
  const pods = new Set<string>();
  let fewestReady = Infinity;
  let fewestAddresses = Infinity;
  const asked = { times: 0, unanswered: 0 };
  const ends = [
    await follow(cluster, types.pods, { namespace, labelSelector }, ending.signal, (live) => {
      for (const pod of live) pods.add(pod.metadata.uid!);
      fewestReady = Math.min(fewestReady, live.filter(isReady).length);
    }),
  ];
  const served = (await cluster.discover()).some(({ resource, group }) => resource === 'endpointslices' && group === endpointSlices.group);
  const ofService = { namespace, labelSelector: `kubernetes.io/service-name=${service}` };
  if (served && (await cluster.list(endpointSlices, ofService)).items.length > 0)
    ends.push(
      await follow(cluster, endpointSlices, ofService, ending.signal, (slices) => {
        fewestAddresses = Math.min(fewestAddresses, slices.flatMap((slice) => listAt(slice, 'endpoints')).filter(isServing).length);
      }),
    );
  const ask = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      asked.times += 1;
      await cluster.raw(`/api/v1/namespaces/${namespace}/services/${service}:80/proxy/`).catch(() => (asked.unanswered += 1));
      await systemClock.sleep(20, ending.signal).catch(() => undefined);
    }
  };
  if (scene.ask) ends.push({ end: ask() });
  return async () => {
    ending.abort(new Error('seen enough'));
    await Promise.all(ends.map(({ end }) => end));
    return {
      pods: [...pods].toSorted(),
      fewestReady,
      ...(fewestAddresses !== Infinity && { fewestAddresses }),
      ...(scene.ask && { asked }),
    };
  };
}

/** Tells all objects of a selection after each change; resolves with the promise of its end when it has begun. */
async function follow(
  cluster: ClusterClient,
  type: ResourceType,
  scope: { namespace: string; labelSelector: string },
  signal: AbortSignal,
  tell: (objects: KubeObject[]) => void,
): Promise<{ end: Promise<void> }> {
  const { items, resourceVersion } = await cluster.list(type, scope);
  const known = new Map(items.map((object) => [object.metadata.uid!, object]));
  tell([...known.values()]);
  const watch = async (): Promise<void> => {
    let version = resourceVersion;
    while (!signal.aborted) {
      for await (const event of cluster.watch(type, { ...scope, resourceVersion: version, signal })) {
        if (event.type === 'BOOKMARK') {
          version = event.resourceVersion;
          continue;
        }
        version = event.object.metadata.resourceVersion!;
        if (event.type === 'DELETED') known.delete(event.object.metadata.uid!);
        else known.set(event.object.metadata.uid!, event.object);
        tell([...known.values()]);
      }
    }
  };
  const end = watch();
  // A test that fails asks nobody what was seen, and its cluster is closed under the watch.
  end.catch(() => undefined);
  return { end };
}

function isReady(pod: KubeObject): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    listAt(pod, 'status', 'conditions').some((condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True')
  );
}

function isServing(endpoint: unknown): boolean {
  return (endpoint as { conditions?: { ready?: boolean } }).conditions?.ready === true;
}
