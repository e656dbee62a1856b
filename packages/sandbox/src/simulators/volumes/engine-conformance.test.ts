import { engine } from '@kubectl-dr/core/engines/csi/index';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import { createAll } from '../create-all.ts';
import { VeleroStage } from '../velero/stage.testing.ts';

describeEngine('CSI snapshots, over the sandbox', async () => {
  const { stage, clock, ...shop } = await openShop();
  const context = { cluster: stage.cluster, clock, namespace: 'shop' };
  return {
    engine,
    context,
    restoring: { ...context, namespace: 'shop-copy' },
    namespace: 'shop',
    settle: () => clock.sleep(1_000),
    close: () => shop.close(),
  };
});

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
