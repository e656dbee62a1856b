import { createBackendPlugin, coreServices } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster, builders } from '@kubectl-dr/core/testing';
import { WatchReader } from '@kubectl-dr/kubernetes';
import { Router } from 'express';
import { portalForTest } from '../testing/backend.ts';
import { FoundClusters } from './FoundClusters.ts';

/** East is configured; what is found beside it is what `answer` says. */
function world() {
  const cluster = (name: string) => {
    const made = new MemoryCluster({ name, clock: systemClock });
    made.seed([builders.namespace('shop')]);
    return Object.assign(made, { close: vi.fn(async () => undefined) });
  };
  const made = new Map<string, ReturnType<typeof cluster>>();
  const clusters: ClusterClient[] = [cluster('east')];
  let answer: string[] | Error = [];
  const logger = mockServices.logger.mock();
  const found = new FoundClusters({
    located: {
      says: 'The Kubernetes plugin',
      async names() {
        if (answer instanceof Error) throw answer;
        return { names: answer, problems: [] };
      },
      async clusterOf(name) {
        const client = cluster(name);
        made.set(name, client);
        return { client, close: client.close };
      },
    },
    clusters,
    clock: systemClock,
    logger,
    every: 5,
  });
  const reader = new WatchReader({ clusters, kinds: [types.namespaces], probe: 20 });
  const stop = new AbortController();
  const running = reader.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const names = () => [clusters.map(({ name }) => name), reader.states().map(({ cluster: name }) => name)];
  const look = async (next: string[] | Error) => {
    answer = next;
    await found.look(reader);
    return names();
  };
  return { found, reader, logger, made, look, names, stop, answers: (next: string[]) => void (answer = next) };
}

describe('clusters that the Kubernetes plugin finds', () => {
  it('come while the portal runs, and are watched at once; one that stays is not made anew', async () => {
    const { look, reader, made } = world();
    expect(await look([])).toEqual([['east'], ['east']]);
    expect(await look(['west', 'east'])).toEqual([
      ['east', 'west'],
      ['east', 'west'],
    ]);
    await reader.settled(2_000);
    expect(reader.objects('west', 'namespaces').map(({ metadata }) => metadata.name)).toContain('shop');
    const west = made.get('west');
    await look(['west']);
    expect([made.size, made.get('west') === west]).toEqual([1, true]);
  });

  it('leave with their watches when two answers in a row lack them, and are closed', async () => {
    const { look, made } = world();
    await look(['west']);
    expect((await look([]))[0]).toEqual(['east', 'west']);
    await look(['west']);
    await look([]);
    expect(made.get('west')!.close).not.toHaveBeenCalled();
    expect(await look([])).toEqual([['east'], ['east']]);
    expect(made.get('west')!.close).toHaveBeenCalledOnce();
    // And may come back.
    expect((await look(['west']))[1]).toEqual(['east', 'west']);
  });

  it('stay while the plugin does not answer, however long; that is said once', async () => {
    const { look, logger } = world();
    await look(['west']);
    const silent = new ServiceUnavailableError('it answered 500');
    for (let n = 0; n < 5; n += 1) expect((await look(silent))[0]).toEqual(['east', 'west']);
    expect(logger.warn.mock.calls).toEqual([
      ['The Kubernetes plugin does not tell its clusters, so those that it found before are used: it answered 500'],
    ]);
    await look(['west']);
    await look(silent);
    expect(logger.warn).toHaveBeenCalledTimes(2);
  });

  it('are asked for again and again, until the portal ends', async () => {
    const { found, reader, stop, names, answers } = world();
    const ended = found.run(reader, stop.signal);
    answers(['west']);
    await vi.waitFor(() => expect(names()[1]).toEqual(['east', 'west']));
    answers([]);
    await vi.waitFor(() => expect(names()[1]).toEqual(['east']));
    stop.abort();
    await ended;
  });

  it('are on the list of the portal, and leave it', async () => {
    // A minute between two questions is a moment here.
    const sleep = systemClock.sleep.bind(systemClock);
    const hurried = vi.spyOn(systemClock, 'sleep').mockImplementation((ms, signal) => sleep(ms === 60_000 ? 50 : ms, signal));
    onTestFinished(() => hurried.mockRestore());
    let items = [{ name: 'edge', authProvider: 'aws' }];
    const kubernetes = createBackendPlugin({
      pluginId: 'kubernetes',
      register: ({ registerInit }) =>
        registerInit({
          deps: { http: coreServices.httpRouter },
          init: async ({ http }) => {
            const router = Router();
            router.get('/clusters', (_, response) => void response.json({ items }));
            http.use(router);
          },
        }),
    });
    const config = { dr: { clusterAccess: 'proxy', authorization: { operators: ['group:default/platform'] } } };
    const { as } = await portalForTest({ config, features: [kubernetes] });
    const listed = async (path: string, pick: (body: never) => { name: string }[]) =>
      pick((await as('olivia')('get', path)).body as never).map(({ name }) => name);
    const clusters = () =>
      listed('/v1/clusters', ({ items: of }: { items: { metadata: { name: string } }[] }) => of.map(({ metadata }) => metadata));
    await vi.waitFor(async () => expect(await clusters()).toEqual(['east', 'edge']), 5_000);
    items = [];
    await vi.waitFor(async () => expect(await clusters()).toEqual(['east']), 5_000);
    expect(await listed('/v1/health', ({ clusters: of }: { clusters: { name: string }[] }) => of)).toEqual(['east']);
  }, 30_000);
});
