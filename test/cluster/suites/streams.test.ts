import fc from 'fast-check';
import type { ClusterClient, WatchEvent } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { freshNamespace } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { inject } from 'vitest';
import type { Change, Write } from '../targets/random-writes.ts';
import { carryOut, eventOf, ours, selectors, selects, settled, tell, write } from '../targets/random-writes.ts';
import type { RawClient } from '../targets/raw.ts';
import { rawClient } from '../targets/raw.ts';
import { missingClusters } from '../targets/real.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { stages } from '../targets/stage.ts';

const target = inject('target');
const missing = target === 'memory' ? 'nothing speaks HTTP there' : target === 'real' ? missingClusters() : undefined;

interface Plan {
  before: Write[];
  /** While the stream is open. */
  during: Write[];
  /** When it is over. */
  after: Write[];
  selector: string;
}

interface StreamEvent {
  type: string;
  object: KubeObject;
}

/** Streams that begin with the state (`sendInitialEvents`), and the bookmarks by which they can be left and taken up again. */
describe.skipIf(missing !== undefined)(`streams on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let stage: LivingCluster;
  let client: ClusterClient;
  let raw: RawClient;

  beforeAll(async () => {
    stage = await stages[target]({ name: 'east' });
    ({ client } = stage);
    raw = await rawClient(stage.kubeconfig!);
  });
  afterAll(async () => {
    await raw?.close();
    await stage?.close();
  });

  const writes = fc.array(write, { minLength: 1, maxLength: 12 });
  const plans = fc.sample(fc.record<Plan>({ before: writes, during: writes, after: writes, selector: fc.constantFrom(...selectors) }), {
    numRuns: 16,
    seed: 20260101,
  });

  it('tell the state, then every change once, and can be taken up at their last bookmark', async () => {
    // A stream lasts for seconds: all of them at once.
    await Promise.all(plans.map(follow));
  }, 60_000);

  async function follow({ before, during, after, selector }: Plan): Promise<void> {
    const namespace = await freshNamespace(client);
    await settled(client, namespace);
    const live = new Map<string, KubeObject>();
    const earlier = await carryOut(client, namespace, before, live);
    const query = new URLSearchParams({
      watch: '1',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
      // The server bookmarks two seconds before it ends a stream.
      timeoutSeconds: '4',
      ...(selector && { labelSelector: selector }),
    });
    const [{ body }, meanwhile] = await Promise.all([
      raw.get(`/api/v1/namespaces/${namespace}/configmaps?${query.toString()}`, { count: Number.POSITIVE_INFINITY }),
      carryOut(client, namespace, during, live),
    ]);
    const events = (body as StreamEvent[]).filter(({ type, object }) => type === 'BOOKMARK' || ours(object));
    const end = events.findIndex(({ object }) => object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true');
    const initial = events.slice(0, end).map(said);
    const rest = events.slice(end + 1).filter(({ type }) => type !== 'BOOKMARK');

    // The state may be that after any of the writes that went on: what follows it must be all that came later.
    const told = [initial, rest.map(said)];
    const possible = [...Array(meanwhile.length + 1).keys()].map((count) => [
      stateAfter([...earlier, ...meanwhile.slice(0, count)], selector),
      meanwhile.slice(count).flatMap((change) => eventOf(change, selector)),
    ]);
    expect(possible).toContainEqual(told);

    const bookmark = events.findLast(({ type }) => type === 'BOOKMARK')!.object.metadata.resourceVersion!;
    const seen = rest.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(Number(bookmark)).toBeGreaterThanOrEqual(Math.max(0, ...seen));
    const later = (await carryOut(client, namespace, after, live)).flatMap((change) => eventOf(change, selector));
    expect(await takenUp(namespace, selector, bookmark, later.length)).toEqual(later);
  }

  /** So many events strictly after a version, or fewer when nothing comes. */
  async function takenUp(namespace: string, selector: string, resourceVersion: string, count: number): Promise<string[]> {
    const seen: string[] = [];
    const options = { namespace, resourceVersion, signal: AbortSignal.timeout(5000), ...(selector && { labelSelector: selector }) };
    if (count === 0) return seen;
    for await (const event of client.watch(types.configMaps, options)) {
      if (event.type === 'BOOKMARK' || !ours(event.object)) continue;
      seen.push(tell(event));
      if (seen.length === count) break;
    }
    return seen;
  }
});

function said({ type, object }: StreamEvent): string {
  return tell({ type, object } as Exclude<WatchEvent, { type: 'BOOKMARK' }>);
}

/** What the changes left, as the events with which a stream begins. */
function stateAfter(changes: readonly Change[], selector: string): string[] {
  const left = new Map<string, KubeObject>();
  for (const { before, after } of changes) {
    if (after) left.set(after.metadata.name, after);
    else left.delete(before!.metadata.name);
  }
  return [...left.values()]
    .filter((object) => selects(selector, object))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((object) => tell({ type: 'ADDED', object }));
}
