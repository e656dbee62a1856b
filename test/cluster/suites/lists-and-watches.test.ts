import fc from 'fast-check';
import type { ClusterClient, WatchEvent } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { configMap, configMapRef, freshNamespace } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import { missingClusters } from '../targets/real.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';

const target = inject('target');
const missing = target === 'real' ? missingClusters() : undefined;

const names = ['a', 'b', 'c', 'd'];
const selectors = ['', 'colour=red', 'colour!=red', 'colour in (red,green)', '!colour', 'colour=green,size=big'];

type Write =
  | { kind: 'create' | 'replace'; name: string; labels: Record<string, string>; value: string }
  | { kind: 'label'; name: string; colour: string | null }
  | { kind: 'same' | 'delete'; name: string };

const labels = fc.record({ colour: fc.constantFrom('red', 'green'), size: fc.constantFrom('big', 'small') }, { requiredKeys: [] });
const name = fc.constantFrom(...names);
const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), name, labels, value: fc.constantFrom('1', '2') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replace' as const), name, labels, value: fc.constantFrom('1', '2') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('label' as const), name, colour: fc.constantFrom('red', 'green', null) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('same' as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), name }) },
);

/** What a write did, as its own answers tell. */
interface Change {
  before?: KubeObject;
  after?: KubeObject;
}

/** The portal's index and every controller stand on this: the same events in the same order, from wherever they start. */
describe.skipIf(missing !== undefined)(`lists and watches on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let stage: LivingCluster;
  let client: ClusterClient;

  beforeAll(async () => {
    stage = await stages[target]({ name: 'east' });
    ({ client } = stage);
  });
  afterAll(() => stage?.close());

  const runs = { numRuns: target === 'real' ? 15 : 40, seed: 20260101, endOnFailure: target === 'real' };

  it('tell of every change once, in order, by any selector and from any version', async () => {
    const plan = fc.record({
      writes: fc.array(write, { minLength: 1, maxLength: 25 }),
      selector: fc.constantFrom(...selectors),
      /** Where the watch begins, as a share of the changes. */
      start: fc.double({ min: 0, max: 1, noNaN: true }),
      /** After how many events the stream is left and opened again. */
      patience: fc.integer({ min: 1, max: 6 }),
      live: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ writes, selector, start, patience, live }) => {
        const namespace = await freshNamespace(client);
        await settled(namespace);
        const { resourceVersion: beginning } = await client.list(types.configMaps, { namespace });
        const watching = live ? follow(namespace, selector, beginning, patience) : undefined;
        const changes = await carryOut(namespace, writes);
        const expected = changes.flatMap((change) => eventOf(change, selector));
        if (watching) expect(await watching.until(expected.length)).toEqual(expected);

        const skipped = Math.floor(start * changes.length);
        // The answer to a deletion does not tell its version: nobody could start there.
        const version = skipped === 0 ? beginning : changes[skipped - 1]!.after?.metadata.resourceVersion;
        if (version === undefined) return;
        const later = changes.slice(skipped).flatMap((change) => eventOf(change, selector));
        expect(await follow(namespace, selector, version, patience).until(later.length)).toEqual(later);
      }),
      runs,
    );
  }, 240_000);

  it('list what the changes left, by any selector, in order and with the version of the last one or later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), async (writes, pageSize) => {
        const namespace = await freshNamespace(client);
        await settled(namespace);
        const left = new Map<string, KubeObject>();
        for (const { before, after } of await carryOut(namespace, writes)) {
          if (after) left.set(after.metadata.name, after);
          else left.delete(before!.metadata.name);
        }
        for (const selector of selectors) {
          const { items, resourceVersion } = await client.list(types.configMaps, {
            namespace,
            pageSize,
            ...(selector && { labelSelector: selector }),
          });
          const expected = [...left.values()]
            .filter((object) => selects(selector, object))
            .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
          expect(items.filter(ours)).toEqual(expected);
          // Nothing that the list shows comes again.
          const events = await follow(namespace, selector, resourceVersion, 9).until(0, 30);
          expect(events).toEqual([]);
        }
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 3) },
    );
  }, 240_000);

  /** Until the certificate bundle is there, which is written into every new namespace at some moment. */
  async function settled(namespace: string): Promise<void> {
    if (target !== 'real') return;
    const { resourceVersion, items } = await client.list(types.configMaps, { namespace });
    if (items.length > 0) return;
    for await (const event of client.watch(types.configMaps, { namespace, resourceVersion })) if (event.type === 'ADDED') return;
  }

  /** Carries the writes out one after another; those that the state does not allow are refused and change nothing. */
  async function carryOut(namespace: string, writes: Write[]): Promise<Change[]> {
    const live = new Map<string, KubeObject>();
    const changes: Change[] = [];
    for (const one of writes) {
      const before = live.get(one.name);
      const after = await attempt(namespace, one, before);
      if (after === 'nothing' || (after !== undefined && after.metadata.resourceVersion === before?.metadata.resourceVersion)) continue;
      changes.push({ ...(before && { before }), ...(after && { after }) });
      if (after) live.set(one.name, after);
      else live.delete(one.name);
    }
    return changes;
  }

  async function attempt(namespace: string, one: Write, before: KubeObject | undefined): Promise<KubeObject | 'nothing' | undefined> {
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

  /** Reads a watch in pieces: after `patience` events the stream is left, and the next one starts at the last version seen. */
  function follow(namespace: string, selector: string, from: string, patience: number) {
    const seen: string[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      let resourceVersion = from;
      while (!stop.signal.aborted) {
        let left = patience;
        const options = { namespace, resourceVersion, signal: stop.signal, ...(selector && { labelSelector: selector }) };
        for await (const event of client.watch(types.configMaps, options)) {
          resourceVersion = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion!;
          if (event.type === 'BOOKMARK' || !ours(event.object)) continue;
          seen.push(tell(event));
          left -= 1;
          if (left === 0) break;
        }
      }
    })();
    return {
      /** The events when so many came, and a moment later, in which too many may come. */
      async until(count: number, moment = 15): Promise<string[]> {
        const end = Date.now() + 10_000;
        while (seen.length < count && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 2));
        await new Promise((resolve) => setTimeout(resolve, moment));
        stop.abort();
        await reading;
        return seen;
      },
    };
  }
});

function ours({ metadata }: KubeObject): boolean {
  return metadata.name !== 'kube-root-ca.crt';
}

function selects(selector: string, { metadata }: KubeObject): boolean {
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
function eventOf({ before, after }: Change, selector: string): string[] {
  const was = before !== undefined && selects(selector, before);
  const is = after !== undefined && selects(selector, after);
  if (is) return [tell({ type: was ? 'MODIFIED' : 'ADDED', object: after })];
  // What leaves a selector, or the cluster, is shown as it was last selected.
  return was ? [tell({ type: 'DELETED', object: before })] : [];
}

function tell(event: Exclude<WatchEvent, { type: 'BOOKMARK' }>): string {
  const { metadata, data } = event.object;
  const state = JSON.stringify([metadata.labels ?? {}, data ?? {}], (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted()) : value,
  );
  return `${event.type} ${metadata.name} ${event.type === 'DELETED' ? '' : metadata.resourceVersion} ${state}`;
}
