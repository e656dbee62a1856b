import fc from 'fast-check';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { freshNamespace } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import { carryOut, eventOf, ours, selectors, selects, settled, tell, write } from '../targets/random-writes.ts';
import { missingClusters } from '../targets/real.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';

const target = inject('target');
const missing = target === 'real' ? missingClusters() : undefined;

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
        if (target !== 'memory') await settled(client, namespace);
        const { resourceVersion: beginning } = await client.list(types.configMaps, { namespace });
        const watching = live ? follow(namespace, selector, beginning, patience) : undefined;
        const changes = await carryOut(client, namespace, writes);
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
        if (target !== 'memory') await settled(client, namespace);
        const left = new Map<string, KubeObject>();
        for (const { before, after } of await carryOut(client, namespace, writes)) {
          if (after) left.set(after.metadata.name, after);
          else left.delete(before!.metadata.name);
        }
        for (const selector of selectors) {
          const { items, resourceVersion } = await client.list(types.configMaps, {
            namespace,
            pageSize,
            ...(selector && { labelSelector: selector }),
          });
          // A list may leave out who manages which field (ports/cluster.ts).
          const expected = [...left.values()]
            .map((object): KubeObject => ({ ...object, metadata: { ...object.metadata, managedFields: undefined } }))
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
