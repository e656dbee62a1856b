import { engine } from '@kubectl-dr/core/engines/csi/index';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { inject } from 'vitest';
import { openShop, orders, readOrders, running, writeOrders } from '../targets/shop.ts';
import { missingSnapshots, withSnapshots } from '../targets/snapshots.ts';

const target = inject('target');
const missing = missingSnapshots(target);
const caller = { name: 'alice' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };

describe.skipIf(missing !== undefined)(
  `roll-back from snapshots without any server on ${target}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    it('brings the old rows back, and the newer ones when it is undone', async () => {
      const east = await withSnapshots(target, 'east');
      try {
        await openShop(east);
        const clusters = [east.client];
        const service = createDrService({
          clusters,
          reader: new ListReader(clusters),
          engines: [engine],
          clock: systemClock,
          holder: 'alice@test/1',
        });
        const carryOut = async (request: PlanRequest) => {
          const plan = await service.plan(request, caller);
          expect(plan.blockers).toEqual([]);
          const operation = await (await service.execute(plan, caller)).run();
          expect(operation, operation.message).toMatchObject({ state: 'Succeeded' });
          return { plan, operation };
        };
        const { plan } = await carryOut({ intent: 'Backup', application: 'shop', components: ['db'] });
        expect(plan.warnings.map(({ code }) => code)).toContain('CONFIGURATION_NOT_CAPTURED');
        await writeOrders(east, corrupt);
        const copy = await service.plan({ intent: 'Restore', application: 'shop', components: ['db'], mode: 'clone' }, caller);
        expect(copy.blockers.map(({ code }) => code)).toContain('POINT_UNUSABLE');
        const { operation } = await carryOut({ intent: 'Restore', application: 'shop', components: ['db'], mode: 'dataOnly' });
        await running(east.client);
        expect(await readOrders(east)).toEqual(orders);
        const undone = await (await service.undo(operation.id, caller)).run();
        expect(undone, undone.message).toMatchObject({ state: 'Undone' });
        await running(east.client);
        expect(await readOrders(east)).toEqual(corrupt);
      } finally {
        await east.close();
      }
    });
  },
);
