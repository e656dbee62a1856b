import { engine as csi } from '@kubectl-dr/core/engines/csi/index';
import { engine as velero } from '@kubectl-dr/core/engines/velero/index';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import { inject } from 'vitest';
import { addCart, openShop } from '../targets/shop.ts';
import { missingSnapshots, withSnapshots } from '../targets/snapshots.ts';
import { missingVelero, newStore, withVelero } from '../targets/velero.ts';

const target = inject('target');
const [noVelero, noSnapshots] = [missingVelero(target), missingSnapshots(target)];
const unless = (missing: string | undefined): string => (missing === undefined ? '' : ` (skipped: ${missing})`);

describe.skipIf(noVelero !== undefined)(`Velero on ${target}${unless(noVelero)}`, () => {
  describeEngine('Velero', async () => {
    const stage = await withVelero(target, 'east', newStore());
    await openShop(stage);
    return {
      engine: velero,
      context: { cluster: stage.client, clock: systemClock, namespace: 'velero' },
      namespace: 'shop',
      // The real server looks at a snapshot every five seconds.
      settle: () => systemClock.sleep(stage.velero ? 100 : 500),
      close: () => stage.close(),
    };
  });
});

describe.skipIf(noSnapshots !== undefined)(`snapshots on ${target}${unless(noSnapshots)}`, () => {
  describeEngine('CSI volume snapshots', async () => {
    const stage = await withSnapshots(target, 'east');
    await openShop(stage);
    await addCart(stage);
    const context = { cluster: stage.client, clock: systemClock, namespace: 'shop' };
    return {
      engine: csi,
      context,
      restoring: { ...context, namespace: 'shop-copy' },
      namespace: 'shop',
      settle: () => systemClock.sleep(200),
      close: () => stage.close(),
    };
  });
});
