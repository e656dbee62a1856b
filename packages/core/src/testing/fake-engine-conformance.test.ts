import { configMap, namespace, persistentVolumeClaim } from './builders.ts';
import { FakeClock } from './clock.ts';
import { describeEngine } from './engine-conformance.ts';
import { FakeEngine } from './fake-engine.ts';
import { MemoryCluster } from './memory-cluster.ts';

describeEngine('FakeEngine', () => {
  const clock = new FakeClock('2026-01-15T12:00:00Z', { auto: true });
  const cluster = new MemoryCluster({ name: 'east', clock });
  cluster.seed([namespace('shop'), configMap('shop/page', { a: '1' }), persistentVolumeClaim('shop/data')]);
  return { engine: new FakeEngine(), context: { cluster, clock, namespace: 'fake' }, namespace: 'shop', settle: async () => undefined };
});
