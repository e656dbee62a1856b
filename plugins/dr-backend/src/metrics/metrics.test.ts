import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  type MetricAttributes,
  type MetricsServiceObservable,
  type MetricsServiceObservableCallback,
  metricsServiceRef,
} from '@backstage/backend-plugin-api/alpha';
import { HttpCluster, configuredCluster } from '@kubectl-dr/kubernetes';
import { portalForTest } from '../testing/backend.ts';

/** A meter that is read when a test wants to, as an exporter does. */
function meter() {
  const callbacks = new Map<string, MetricsServiceObservableCallback[]>();
  const recorded: { name: string; value: number; attributes: MetricAttributes }[] = [];
  const observable = (name: string): MetricsServiceObservable<any> => ({
    addCallback: (callback) => void callbacks.set(name, [...(callbacks.get(name) ?? []), callback]),
    removeCallback: () => {},
  });
  const instrument = (name: string) => {
    const record = (value: number, attributes: MetricAttributes = {}) => void recorded.push({ name, value, attributes });
    return { add: record, record };
  };
  const factory = createServiceFactory({
    service: metricsServiceRef,
    deps: {},
    factory: () => ({
      createCounter: instrument,
      createUpDownCounter: instrument,
      createHistogram: instrument,
      createGauge: instrument,
      createObservableCounter: observable,
      createObservableUpDownCounter: observable,
      createObservableGauge: observable,
    }),
  });
  const read = async (name: string): Promise<[string, number][]> => {
    const seen: [string, number][] = [];
    for (const callback of callbacks.get(name) ?? [])
      await callback({ observe: (value, attributes = {}) => void seen.push([Object.values(attributes).join(' '), value]) });
    return seen;
  };
  return { factory, read, recorded, names: () => [...callbacks.keys()] };
}

it('tells how old the index is, how clusters and applications stand, and how operations ended', async () => {
  const metrics = meter();
  // The port of discard: nobody listens there.
  const surroundings = { env: {}, directory: '/', where: 'the test' };
  const nowhere = new HttpCluster({
    name: 'nowhere',
    config: await configuredCluster({ name: 'nowhere', url: 'http://127.0.0.1:9', token: 'none' }, surroundings),
  });
  const { as } = await portalForTest({ features: [metrics.factory], clusters: [nowhere] });

  const [age] = await metrics.read('dr.index.age');
  expect(age?.[1]).toBeGreaterThanOrEqual(0);
  expect(age?.[1]).toBeLessThan(60);
  expect(Object.fromEntries(await metrics.read('dr.cluster.count'))).toMatchObject({ fresh: 1, stale: 0 });
  const ages = Object.fromEntries(await metrics.read('dr.cluster.age'));
  expect(Object.keys(ages).sort()).toEqual(['east', 'nowhere']);

  // The same as the page says to somebody who sees all of it.
  const { body: overview } = await as('olivia')('get', '/v1/applications');
  const counts: Record<string, number> = {};
  for (const { status } of overview.items) counts[status.verdict] = (counts[status.verdict] ?? 0) + 1;
  const told = Object.fromEntries(await metrics.read('dr.application.count'));
  expect(Object.fromEntries(Object.entries(told).filter(([, count]) => count > 0))).toEqual(counts);
  expect(told).toMatchObject({ Breached: expect.any(Number), Protected: expect.any(Number) });

  expect(metrics.recorded).toEqual([]);
  const { body: plan } = await as('alice')('post', '/v1/applications/system/default/shop/plans').send({ intent: 'Restore' });
  await as('alice')('post', '/v1/operations')
    .set('Idempotency-Key', 'measured')
    .send({ plan: { id: plan.spec.id, hash: plan.spec.hash } })
    .expect(202);
  await vi.waitFor(() => expect(metrics.recorded).toHaveLength(1), { timeout: 15_000, interval: 50 });
  const [{ name, value, attributes }] = metrics.recorded as [(typeof metrics.recorded)[number]];
  expect([name, attributes]).toEqual(['dr.operation.duration', { 'dr.operation.intent': 'Restore', 'dr.operation.state': 'Succeeded' }]);
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThan(15);
});

it('names no application, team or person', async () => {
  const metrics = meter();
  await portalForTest({ features: [metrics.factory] });
  for (const name of metrics.names())
    for (const [attributes] of await metrics.read(name)) expect(attributes).not.toMatch(/shop|alice|team-/);
  expect(metrics.names()).toEqual(['dr.index.age', 'dr.cluster.age', 'dr.cluster.count', 'dr.application.count']);
});
