import fc from 'fast-check';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { freshNamespace } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { WatchReader } from '@kubectl-dr/kubernetes';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { inject } from 'vitest';
import type { Write } from '../targets/random-writes.ts';
import { carryOut, selectors, write } from '../targets/random-writes.ts';
import { forget, missingClusters, realCluster } from '../targets/real.ts';
import type { Relay } from '../targets/relay.ts';
import { relayTo } from '../targets/relay.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';

const target = inject('target');
const missing = target === 'memory' ? 'nothing speaks HTTP there' : target === 'real' ? missingClusters() : undefined;

type Event =
  | { kind: 'writes'; writes: Write[] }
  /** Every connection ends, at once or in the middle of what comes next. */
  | { kind: 'cut'; after?: number }
  /** Nobody is there, or nobody answers, while others go on writing. */
  | { kind: 'severed' | 'mute'; writes: Write[] };

const writes = fc.array(write, { minLength: 1, maxLength: 12 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('writes' as const), writes }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cut' as const), after: fc.integer({ min: 1, max: 2_500 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('severed' as const, 'mute' as const), writes }) },
);

/** However the wire to a server breaks, what the watches keep is in the end what a list says: nothing is missed, nothing stays behind. */
describe.skipIf(missing !== undefined)(`outages on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let stage: LivingCluster;
  let client: ClusterClient;

  beforeAll(async () => {
    // The sandbox soon forgets: who was away for a while is told 410, and has to list again.
    stage = await stages[target]({ name: 'east', historySize: 25 });
    ({ client } = stage);
  });
  afterAll(() => stage?.close());

  /** Watches one namespace by every selector, over a wire of its own. */
  async function watch(namespace: string): Promise<{ relay: Relay; reader: WatchReader; end(): Promise<void> }> {
    const config = resolveContext(await loadKubeConfig({ file: stage.kubeconfig!, env: {} }), { context: 'east' });
    const server = new URL(config.cluster.server);
    const relay = await relayTo(server.hostname, Number(server.port));
    server.port = String(relay.port);
    const cluster = new HttpCluster({ name: 'east', config: { ...config, cluster: { ...config.cluster, server: server.href } } });
    const reader = new WatchReader({
      clusters: [cluster],
      kinds: [],
      selections: selectors.map((labelSelector) => ({ name: labelSelector, type: types.configMaps, namespace, labelSelector })),
      pace: { stream: 3_000, list: 100, absent: 100, retry: { first: 10, longest: 200 } },
      probe: 300,
      patience: 500,
    });
    const stop = new AbortController();
    const running = reader.run(stop.signal);
    await reader.settled(20_000);
    return {
      relay,
      reader,
      async end() {
        stop.abort();
        await running;
        await cluster.close();
        await relay.close();
      },
    };
  }

  async function agree(reader: WatchReader, namespace: string): Promise<void> {
    await vi.waitFor(
      async () => {
        expect(reader.states()[0]!.state).toBe('fresh');
        for (const labelSelector of selectors) {
          const { items } = await client.list(types.configMaps, { namespace, ...(labelSelector && { labelSelector }) });
          expect(told(reader.objects('east', labelSelector)), `kept by "${labelSelector}"`).toEqual(told(items));
        }
      },
      { timeout: 30_000, interval: 100 },
    );
  }

  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  it.each(seeds)(
    'leave no trace in what is kept (sequence %i)',
    async (seed) => {
      const [events] = fc.sample(fc.array(event, { minLength: 6, maxLength: 14 }), { numRuns: 1, seed });
      const namespace = await freshNamespace(client);
      const { relay, reader, end } = await watch(namespace);
      const live = new Map<string, KubeObject>();
      try {
        for (const one of events!) {
          if (one.kind === 'cut') relay.cut(one.after);
          else if (one.kind === 'severed') relay.sever();
          else if (one.kind === 'mute') relay.mute();
          if ('writes' in one) await carryOut(client, namespace, one.writes, live);
          if (one.kind === 'severed' || one.kind === 'mute') {
            // Until it is noticed, or not: both have to be right.
            await systemClock.sleep(seed % 2 === 0 ? 1_200 : 50);
            relay.mend();
          }
        }
        await agree(reader, namespace);
      } finally {
        await end();
      }
    },
    90_000,
  );

  const keeps = target !== 'real' || realCluster('east').etcd === undefined;
  it.skipIf(keeps)(
    'of a server that is killed, and has lost its history when it is back',
    async () => {
      const namespace = await freshNamespace(client);
      const { reader, end } = await watch(namespace);
      const live = new Map<string, KubeObject>();
      const [before, after] = fc.sample(writes, { numRuns: 2, seed: 7 });
      try {
        await carryOut(client, namespace, before!, live);
        await forget(realCluster('east'), client);
        await carryOut(client, namespace, after!, live);
        await agree(reader, namespace);
      } finally {
        await end();
      }
    },
    120_000,
  );

  it('are told as long as they last, with the age of what is shown', async () => {
    const namespace = await freshNamespace(client);
    await carryOut(client, namespace, [{ kind: 'create', name: 'a', labels: {}, value: '1' }]);
    const { relay, reader, end } = await watch(namespace);
    try {
      relay.mute();
      await vi.waitFor(() => expect(reader.states()[0]).toMatchObject({ state: 'stale', error: { code: 'CLUSTER_UNREACHABLE' } }), {
        timeout: 20_000,
      });
      const first = reader.states()[0]!.age;
      await vi.waitFor(() => expect(reader.states()[0]!.age).toBeGreaterThan(first + 500), { timeout: 20_000 });
      // What was read before is still there, beside the word that it is old.
      expect(reader.objects('east', '').map(({ metadata }) => metadata.name)).toContain('a');
      relay.mend();
      await agree(reader, namespace);
    } finally {
      await end();
    }
  }, 90_000);
});

function told(objects: readonly KubeObject[]): string[] {
  return objects.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).toSorted();
}
