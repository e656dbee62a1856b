import { engine } from '@kubectl-dr/core/engines/csi/index';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import type { EngineHarness } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { backUp, pointsOf } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { createAll } from '../create-all.ts';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { instant } from '../durations.ts';
import { driver, snapshotClass } from '../hardware.ts';
import { Stage } from '../stage.ts';
import { VeleroStage } from '../velero/stage.testing.ts';
import { snapshotDefinitions } from './snapshot-definitions.ts';
import { snapshotKinds } from './snapshot-kinds.ts';

describeEngine('CSI snapshots, over the sandbox', async () => {
  const { stage, clock, ...shop } = await openShop();
  const context = { cluster: stage.cluster, clock, namespace: 'shop' };
  const harness: EngineHarness = {
    engine,
    context,
    restoring: { ...context, namespace: 'shop-copy' },
    namespace: 'shop',
    settle: () => clock.sleep(1_000),
    unattended: withoutController,
    async incomplete(name) {
      await backUp(harness, name);
      await stage.cluster.delete({ type: snapshotKinds.snapshots, namespace: 'shop', name: `${name}-cart` });
      // Until then it may be on its way.
      await clock.sleep(11 * 60_000);
      return (await pointsOf(harness)).find((point) => point.name === name)!;
    },
    close: () => shop.close(),
  };
  return harness;
});

/** Snapshots are served, and nobody takes them. */
async function withoutController() {
  const clock = new FakeClock();
  const stage = new Stage({ name: 'east', clock, durations: { ...instant }, crds: snapshotDefinitions() });
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' } };
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' } };
  const size = { accessModes: ['ReadWriteOnce'] };
  await createAll(stage.cluster, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    snapshotClass(),
    {
      ...volume,
      spec: { ...size, capacity: { storage: '1Gi' }, csi: { driver, volumeHandle: 'v' }, persistentVolumeReclaimPolicy: 'Delete' },
    },
    { ...claim, spec: { ...size, volumeName: 'v', resources: { requests: { storage: '1Gi' } } } },
  ]);
  await stage.cluster.patchStatus({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data' }, { phase: 'Bound' });
  return { context: { cluster: stage.cluster, clock, namespace: 'shop' }, pass: () => clock.advance(3_600_000) };
}

async function openShop() {
  const velero = await VeleroStage.open();
  await velero.shop();
  const { stage } = velero;
  const metadata = { name: 'cart', namespace: 'shop' };
  const pod = {
    containers: [{ name: 'main', image: 'example/cart:1' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'cart' } }],
  };
  await createAll(stage.cluster, [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: pod },
  ]);
  await stage.idle();
  const clock = {
    now: () => velero.clock.now(),
    sleep: async (milliseconds: number) => {
      await velero.clock.advance(milliseconds);
      await stage.idle();
    },
  };
  return { stage, clock, close: () => stage.close() };
}
