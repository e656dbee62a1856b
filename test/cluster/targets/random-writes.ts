import fc from 'fast-check';
import type { ClusterClient, WatchEvent } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { configMap, configMapRef } from '@kubectl-dr/core/testing/cluster-conformance-harness';

const names = ['a', 'b', 'c', 'd'];
export const selectors = ['', 'colour=red', 'colour!=red', 'colour in (red,green)', '!colour', 'colour=green,size=big'];

export type Write =
  | { kind: 'create' | 'replace'; name: string; labels: Record<string, string>; value: string }
  | { kind: 'label'; name: string; colour: string | null }
  | { kind: 'same' | 'delete'; name: string };

const labels = fc.record({ colour: fc.constantFrom('red', 'green'), size: fc.constantFrom('big', 'small') }, { requiredKeys: [] });
const name = fc.constantFrom(...names);
export const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), name, labels, value: fc.constantFrom('1', '2') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replace' as const), name, labels, value: fc.constantFrom('1', '2') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('label' as const), name, colour: fc.constantFrom('red', 'green', null) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('same' as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), name }) },
);

/** What a write did, as its own answers tell. */
export interface Change {
  before?: KubeObject;
  after?: KubeObject;
}

/** Until the certificate bundle is there, which is written into every new namespace at some moment. */
export async function settled(client: ClusterClient, namespace: string): Promise<void> {
  const { resourceVersion, items } = await client.list(types.configMaps, { namespace });
  if (items.length > 0) return;
  for await (const event of client.watch(types.configMaps, { namespace, resourceVersion })) if (event.type === 'ADDED') return;
}

/** Carries the writes out one after another; those that the state `live` does not allow are not asked for and change nothing. */
export async function carryOut(
  client: ClusterClient,
  namespace: string,
  writes: readonly Write[],
  live = new Map<string, KubeObject>(),
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const one of writes) {
    const before = live.get(one.name);
    const after = await attempt(client, namespace, one, before);
    if (after === 'nothing' || (after !== undefined && after.metadata.resourceVersion === before?.metadata.resourceVersion)) continue;
    changes.push({ ...(before && { before }), ...(after && { after }) });
    if (after) live.set(one.name, after);
    else live.delete(one.name);
  }
  return changes;
}

async function attempt(
  client: ClusterClient,
  namespace: string,
  one: Write,
  before: KubeObject | undefined,
): Promise<KubeObject | 'nothing' | undefined> {
  const ref = configMapRef(namespace, one.name);
  if (one.kind === 'create') {
    if (before) return 'nothing';
    return client.create(types.configMaps, configMap(namespace, one.name, { labels: one.labels, data: { value: one.value } }));
  }
  if (!before) return 'nothing';
  switch (one.kind) {
    case 'replace':
      return client.replace(types.configMaps, configMap(namespace, one.name, { labels: one.labels, data: { value: one.value } }));
    case 'label':
      return client.patch(ref, 'merge', { metadata: { labels: { colour: one.colour } } });
    case 'same':
      return client.replace(types.configMaps, before);
    case 'delete':
      await client.delete(ref);
      return undefined;
  }
}

export function ours({ metadata }: KubeObject): boolean {
  return metadata.name !== 'kube-root-ca.crt';
}

export function selects(selector: string, { metadata }: KubeObject): boolean {
  const { colour, size } = metadata.labels ?? {};
  switch (selector) {
    case 'colour=red':
      return colour === 'red';
    case 'colour!=red':
      return colour !== 'red';
    case 'colour in (red,green)':
      return colour === 'red' || colour === 'green';
    case '!colour':
      return colour === undefined;
    case 'colour=green,size=big':
      return colour === 'green' && size === 'big';
    default:
      return true;
  }
}

/** What a watch by the selector tells of a change. The version of a deletion is the server's to choose, and left out. */
export function eventOf({ before, after }: Change, selector: string): string[] {
  const was = before !== undefined && selects(selector, before);
  const is = after !== undefined && selects(selector, after);
  if (is) return [tell({ type: was ? 'MODIFIED' : 'ADDED', object: after })];
  // What leaves a selector, or the cluster, is shown as it was last selected.
  return was ? [tell({ type: 'DELETED', object: before })] : [];
}

export function tell(event: Exclude<WatchEvent, { type: 'BOOKMARK' }>): string {
  const { metadata, data } = event.object;
  const state = JSON.stringify([metadata.labels ?? {}, data ?? {}], (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted()) : value,
  );
  return `${event.type} ${metadata.name} ${event.type === 'DELETED' ? '' : metadata.resourceVersion} ${state}`;
}
