import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@kubectl-dr/core/errors';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { MemoryCluster } from '@kubectl-dr/core/testing';
import type { Fleet } from '@kubectl-dr/core/service/model';
import { WatchReader } from '@kubectl-dr/kubernetes';
import { startPortal } from '../testing/backend.ts';
import { FleetIndex } from './FleetIndex.ts';

const empty: Fleet = {
  clusters: [],
  applications: [],
  points: [],
  schedules: [],
  locations: [],
  replications: [],
  policies: [],
  problems: [],
};
const pace = { start: 10, catalog: 20, pause: 5, tick: 20, contents: 50, progress: 10 };

function index(fleet: () => Promise<Fleet>, catalogTried = async (): Promise<void> => undefined) {
  const reader = new WatchReader({ clusters: [], kinds: [] });
  const onChange = vi.fn();
  const logger = mockServices.logger.mock();
  const made = new FleetIndex({ service: { fleet }, reader, catalogTried, tenancy: [], clock: systemClock, logger, pace, onChange });
  const stop = new AbortController();
  const ended = made.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ended;
  });
  return { made, onChange, logger };
}

describe('FleetIndex', () => {
  it('says that it is still reading, before it has', () => {
    const { made } = index((async ({ signal }: { signal: AbortSignal }) => {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }) as never);
    expect(() => made.current()).toThrow('The clusters and the catalog are being read for the first time');
    expect(made.assessedAt).toBeUndefined();
  });

  it('says nothing of any application before the catalog has told whose it is', async () => {
    let answers: () => void = () => undefined;
    const fleet = vi.fn(async () => empty);
    const { made } = index(fleet, () => new Promise<void>((resolve) => (answers = resolve)));
    await systemClock.sleep(50);
    expect(fleet).not.toHaveBeenCalled();
    expect(() => made.current()).toThrow('being read for the first time');
    answers();
    await vi.waitFor(() => expect(made.current().fleet.applications).toEqual([]));
  });

  it('tells of an assessment that says something else, and of no other', async () => {
    let reachable = true;
    const fleet = vi.fn(async () => ({
      ...empty,
      clusters: [{ name: 'east', reachable, now: new Date().toISOString(), age: 0, engines: [] }],
    }));
    const { onChange } = index(fleet);
    await vi.waitFor(() => expect(fleet.mock.calls.length).toBeGreaterThan(4));
    expect(onChange).toHaveBeenCalledTimes(1);
    reachable = false;
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2));
  });

  it('keeps the last assessment when the next one fails, and says once why', async () => {
    let broken = false;
    const { made, logger } = index(async () => {
      if (broken) throw new ServiceUnavailableError('no');
      return empty;
    });
    await vi.waitFor(() => expect(made.assessedAt).toBeDefined());
    broken = true;
    await vi.waitFor(() => expect(made.failure?.message).toBe('no'));
    expect(made.current().fleet).toBe(empty);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(logger.error).toHaveBeenCalledTimes(1);
    broken = false;
    await vi.waitFor(() => expect(made.failure).toBeUndefined());
  });

  it('does not wait for an engine that never tells what is inside its points', async () => {
    const asked: boolean[] = [];
    const { made } = index((async ({ contents, signal }: { contents: boolean; signal: AbortSignal }) => {
      asked.push(contents);
      if (contents) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return empty;
    }) as never);
    await vi.waitFor(() => expect(asked).toEqual(expect.arrayContaining([false, true, false])));
    const first = made.assessedAt!;
    await vi.waitFor(() => expect(made.assessedAt).toBeGreaterThan(first));
  });
});

describe('a dead cluster', () => {
  it('costs the others nothing, and no request talks to any cluster', async () => {
    const west = new MemoryCluster({ name: 'west', clock: systemClock });
    // Whoever waited for it would wait until the test is ended.
    west.intercept = () => new Promise(() => undefined);
    const portal = await startPortal({ clusters: [west] });
    onTestFinished(() => portal.backend.stop());
    await portal.ready();
    const before = portal.east.calls.length + west.calls.length;
    for (const path of [
      '/v1/applications',
      '/v1/applications/system/default/shop/points',
      '/v1/clusters',
      '/v1/operations',
      '/v1/coverage',
    ]) {
      expect((await portal.as('alice')('get', path)).status).toBe(200);
    }
    expect(portal.east.calls.length + west.calls.length - before).toBeLessThanOrEqual(2);
    const { body } = await portal.as('alice')('get', '/v1/clusters');
    const rows = body.items.map(({ metadata, status }: { metadata: { name: string }; status: { reachable: boolean } }) => [
      metadata.name,
      status.reachable,
    ]);
    expect(rows).toEqual([
      ['east', true],
      ['west', false],
    ]);
    const health = await portal.as('alice')('get', '/v1/health');
    expect(health.body).toMatchObject({ status: 'starting', clusters: [{ state: 'fresh' }, { name: 'west', state: 'starting' }] });
  }, 40_000);
});
