import { textAt } from '@kubectl-dr/core/application/raw';
import { engine as csi } from '@kubectl-dr/core/engines/csi/index';
import { engine as stork } from '@kubectl-dr/core/engines/stork/index';
import { engine as velero } from '@kubectl-dr/core/engines/velero/index';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import type { EngineHarness } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { backUp, pointsOf } from '@kubectl-dr/core/testing/engine-conformance-harness';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { snapshotKinds } from '@kubectl-dr/sandbox/simulators/volumes/snapshot-kinds';
import { inject } from 'vitest';
import { addCart, openShop } from '../targets/shop.ts';
import type { LivingCluster } from '../targets/stage.ts';
import { missingSnapshots, withSnapshots } from '../targets/snapshots.ts';
import { missingStork, withStork } from '../targets/stork.ts';
import { missingVelero, newStore, withVelero } from '../targets/velero.ts';

const target = inject('target');
const [noVelero, noSnapshots, noStork] = [missingVelero(target), missingSnapshots(target), missingStork(target)];
const unless = (missing: string | undefined): string => (missing === undefined ? '' : ` (skipped: ${missing})`);

describe.skipIf(noVelero !== undefined)(`Velero on ${target}${unless(noVelero)}`, () => {
  describeEngine('Velero', async () => {
    const stage = await withVelero(target, 'east', newStore());
    await openShop(stage);
    const settings = stage.velero;
    const harness: EngineHarness = {
      engine: velero,
      context: { cluster: stage.client, clock: systemClock, namespace: 'velero' },
      namespace: 'shop',
      // The real server looks at a snapshot every five seconds.
      settle: () => systemClock.sleep(stage.velero ? 100 : 500),
      // The real server is neither broken nor stopped for this.
      ...(settings && {
        incomplete(name: string) {
          settings.moveData = true;
          settings.failures.push({ kind: 'Volume', namespace: 'shop', claim: 'data-db-0', message: 'node is gone' });
          return backUp(harness, name);
        },
        silence: () => void (settings.down = true),
      }),
      close: () => stage.close(),
    };
    return harness;
  });
});

describe.skipIf(noSnapshots !== undefined)(`snapshots on ${target}${unless(noSnapshots)}`, () => {
  describeEngine('CSI volume snapshots', async () => {
    const stage = await withSnapshots(target, 'east');
    await openShop(stage);
    await addCart(stage);
    const context = { cluster: stage.client, clock: systemClock, namespace: 'shop' };
    const harness: EngineHarness = {
      engine: csi,
      context,
      restoring: { ...context, namespace: 'shop-copy' },
      namespace: 'shop',
      settle: () => systemClock.sleep(200),
      async incomplete(name) {
        await backUp(harness, name);
        const ref = { type: snapshotKinds.snapshots, namespace: 'shop', name: `${name}-cart` };
        await stage.client.delete(ref);
        await eventually(async () => !(await exists(stage.client, ref)), `${ref.name} is gone`, 60_000);
        return (await pointsOf(harness)).find((point) => point.name === name)!;
      },
      close: () => stage.close(),
    };
    return harness;
  });
});

describe.skipIf(noStork !== undefined)(`Stork on ${target}${unless(noStork)}`, () => {
  describeEngine('Stork', async () => {
    const stage = await withStork(target, 'east');
    await openCorner(stage);
    const harness: EngineHarness = {
      engine: stork,
      context: { cluster: stage.client, clock: systemClock, namespace: 'kube-system' },
      namespace: 'shop',
      settle: () => systemClock.sleep(100),
      incomplete(name) {
        stage.stork.failures['shop/data'] = 'node is gone';
        return backUp(harness, name);
      },
      close: () => stage.close(),
    };
    return harness;
  });
});

/** A namespace without pods, which goes in a second where those of a shop take ten to end: Stork takes no pods. */
async function openCorner({ client, disks }: LivingCluster): Promise<void> {
  const metadata = (name: string) => ({ name, namespace: 'shop' });
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'quick' };
  await createAll(client, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('page'), data: { page: 'hello' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: metadata('db'), data: { password: 'c2VjcmV0' } },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: metadata('data'), spec },
  ]);
  const volume = async () =>
    textAt(await client.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data' }), 'spec', 'volumeName') ?? '';
  await eventually(async () => (await disks.read(await volume())) !== undefined, 'the claim is bound');
  await disks.write(await volume(), { 'orders.csv': '1,apples' });
}
