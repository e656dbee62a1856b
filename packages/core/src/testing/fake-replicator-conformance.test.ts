import { namespace, persistentVolumeClaim } from './builders.ts';
import { FakeClock } from './clock.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeReplicator } from './fake-replicator.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { describeReplicator } from './replication-conformance.ts';
import { claimManifest } from '../application/claim-manifest.ts';
import type { EngineContext } from '../ports/engine-context.ts';

describeReplicator('FakeReplicator', () => {
  const clock = new FakeClock('2026-01-15T12:00:00Z', { auto: true });
  const claim = persistentVolumeClaim('shop/data');
  const contextOf = (name: string): EngineContext => {
    const cluster = new MemoryCluster({ name, clock });
    cluster.seed([namespace('shop'), ...(name === 'east' ? [claim] : [])]);
    return { cluster, clock, namespace: 'shop' };
  };
  const ends = { source: contextOf('east'), target: contextOf('west') };
  const replicator = new FakeReplicator();
  const key = (at: EngineContext, name: string): string => `${at.cluster.name}/${at.namespace}/${name}`;
  return {
    engine: new FakeEngine(replicator),
    ends,
    claim: claimManifest(claim),
    begin: async (request) => void replicator.begin(request),
    write: async (at, name, text) => void replicator.volumes.set(key(at, name), text),
    read: async (at, name) => replicator.volumes.get(key(at, name)),
    settle: async () => undefined,
    silence: () => void (replicator.silent = true),
  };
});
