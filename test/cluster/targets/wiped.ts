import { request } from 'undici';

/** What a control plane has of itself; everything in another namespace is somebody's. */
const own = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);
/** Without a namespace, and nothing that a control plane makes for itself. */
const somebodys =
  /^\/registry\/(?:minions|persistentvolumes|storageclasses|(?:group)?snapshot\.storage\.k8s\.io\/volume(?:group)?snapshot(?:classe|content)s)\/|^\/registry\/clusterrole(?:binding)?s\/(?!system:|cluster-admin$|admin$|edit$|view$)/;

/** Of Kubernetes' own, in any namespace: one whose namespace has gone is left over all the same, and is part of the next of that name. */
const inNamespace = /^\/registry\/[^/.]+\/([^/]+)\/[^/]+$/;
/** What makes its controllers make others. */
const makers = /^\/registry\/(?:statefulsets|deployments|replicasets|daemonsets|jobs|cronjobs)\//;

/**
 * Takes away at once, in the store itself, what clients made on a control plane of ours: the ordinary way takes a namespace
 * some seconds. Whoever watches is told of each object that goes. Of definitions those of `keepGroups` stay. What controllers make
 * meanwhile of what they have not seen go yet goes as well: a claim of a StatefulSet would outlast them all, since nobody owns it.
 */
export async function wipe(etcd: string, keepGroups: readonly string[]): Promise<void> {
  const call = async (method: string, body: object): Promise<{ kvs?: { key: string }[] }> => {
    const answer = await request(`${etcd}/v3/kv/${method}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.body.json()) as { kvs?: { key: string }[] };
  };
  const remove = (keys: readonly string[]) => Promise.all(keys.map((key) => call('deleterange', { key: btoa(key) })));
  for (;;) {
    const { kvs = [] } = await call('range', { key: btoa('/registry/'), range_end: btoa('/registry0'), keys_only: true });
    const keys = kvs.map(({ key }) => atob(key));
    const left = somebodysOf(keys, keepGroups);
    if (left.length === 0) return;
    await remove(left.filter((key) => makers.test(key)));
    await remove(left.filter((key) => !makers.test(key)));
  }
}

function somebodysOf(keys: readonly string[], keepGroups: readonly string[]): string[] {
  const root = '/registry/';
  const namespaces = keys.flatMap((key) => /^\/registry\/namespaces\/([^/]+)$/.exec(key)?.[1] ?? []).filter((name) => !own.has(name));
  const definitions = keys.filter(
    (key) => key.startsWith(`${root}apiextensions.k8s.io/`) && !keepGroups.some((group) => key.endsWith(`.${group}`)),
  );
  // Of what has no namespace, nothing tells else that it is somebody's.
  const instances = definitions.flatMap((key) => {
    const [, plural, group] = /\/([^./]+)\.([^/]+)$/.exec(key) ?? [];
    return plural === undefined ? [] : [`${root}${group}/${plural}/`];
  });
  return keys.filter((key) => {
    const namespace = inNamespace.exec(key)?.[1];
    return (
      definitions.includes(key) ||
      instances.some((folder) => key.startsWith(folder)) ||
      somebodys.test(key) ||
      (namespace !== undefined && !own.has(namespace)) ||
      namespaces.some((name) => key === `${root}namespaces/${name}` || key.includes(`/${name}/`))
    );
  });
}
