import { mockServices } from '@backstage/backend-test-utils';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster } from '@kubectl-dr/core/testing';
import { WatchReader } from '@kubectl-dr/kubernetes';
import { FoundClusters } from './FoundClusters.ts';
import { suppliedClusters } from './supplied-clusters.ts';

const cluster = (name: string) => new MemoryCluster({ name, clock: systemClock });

/** East is configured; what a module supplies besides is what each supplier's answer says. */
function world(...suppliers: string[]) {
  const clusters: ClusterClient[] = [cluster('east')];
  const logger = mockServices.logger.mock();
  const answers: Record<string, ClusterClient[] | Error> = {};
  const found = suppliers.map((id) => {
    const supplier = {
      id,
      clusters: async () => {
        const answer = answers[id] ?? [];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    };
    return new FoundClusters({ located: suppliedClusters(supplier, clusters), clusters, clock: systemClock, logger });
  });
  const reader = new WatchReader({ clusters, kinds: [] });
  const look = async (now: Record<string, ClusterClient[] | Error>) => {
    Object.assign(answers, now);
    for (const each of found) await each.look(reader);
    return [clusters.map(({ name }) => name), reader.states().map((state) => state.cluster)];
  };
  return { clusters, look, warned: () => logger.warn.mock.calls.map((call: unknown[]) => String(call[0])) };
}

describe('clusters that a module supplies', () => {
  it('come and go while the portal runs; the client that came first stays, whatever is offered with its name', async () => {
    const { clusters, look } = world('inventory');
    expect(await look({})).toEqual([['east'], ['east']]);
    const west = cluster('west');
    expect(await look({ inventory: [west] })).toEqual([
      ['east', 'west'],
      ['east', 'west'],
    ]);
    await look({ inventory: [cluster('west')] });
    expect(clusters[1]).toBe(west);
    await look({ inventory: [] });
    expect(await look({ inventory: [] })).toEqual([['east'], ['east']]);
    const again = cluster('west');
    await look({ inventory: [again] });
    expect(clusters[1]).toBe(again);
  });

  it('stay while the supplier fails, also when it fails at the start, and that is no reason not to start', async () => {
    const { look, warned } = world('inventory');
    expect(await look({ inventory: new Error('no answer') })).toEqual([['east'], ['east']]);
    expect(warned()).toEqual([
      'The supplier inventory does not tell its clusters, so those that are not in the configuration are missing: no answer',
    ]);
    await look({ inventory: [cluster('west')] });
    for (let n = 0; n < 4; n += 1) expect((await look({ inventory: new Error('no answer') }))[0]).toEqual(['east', 'west']);
    expect(warned()[1]).toBe('The supplier inventory does not tell its clusters, so those that it found before are used: no answer');
  });

  it('never take a name from another: who had it keeps it, and the other is told about, once', async () => {
    const { clusters, look, warned } = world('inventory', 'shelf');
    const [east] = clusters;
    const [west, north] = [cluster('west'), cluster('north')];
    await look({ inventory: [cluster('east'), west], shelf: [cluster('west'), north, cluster('north')] });
    await look({});
    expect(clusters).toEqual([east, west, north]);
    expect(warned()).toEqual([
      'The supplier inventory offers the cluster east, which exists already under this name: give each its own name',
      'The supplier shelf offers the cluster west, which exists already under this name: give each its own name',
      'The supplier shelf offers the cluster north, which exists already under this name: give each its own name',
    ]);
    // Once the first has given it up, it is free.
    const other = cluster('west');
    for (let n = 0; n < 3; n += 1) await look({ inventory: [], shelf: [other, north] });
    expect(clusters).toEqual([east, north, other]);
  });
});
