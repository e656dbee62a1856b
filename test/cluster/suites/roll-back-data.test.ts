import { engine } from '@kubectl-dr/core/engines/velero/index';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService, StartedOperation } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import { inject } from 'vitest';
import { missingStorage } from '../targets/real.ts';
import { openShop, orders, readOrders, running, volumeOf, writeOrders } from '../targets/shop.ts';
import { removeNamespace } from '../targets/stage.ts';
import type { ProtectedCluster } from '../targets/velero.ts';
import { missingVelero, newStore, withVelero } from '../targets/velero.ts';
import type { Seen } from '../targets/witness.ts';
import { witness } from '../targets/witness.ts';

const target = inject('target');
/** On real clusters the point of it is real data; with simulated volumes the same is held on the other targets. */
const missing = missingVelero(target) ?? (target === 'real' ? missingStorage() : undefined);
const caller = { name: 'alice' };
const newer = { 'orders.csv': '1,apples\n2,pears\n3,plums\n' };
const corrupt = { 'orders.csv': '%%%', 'ransom.txt': 'pay' };

/** Volumes that wait for a pod and those that do not; snapshots that outlive their object and those that do not. */
const storages = [
  ['standard', 'Retain'],
  ['quick', 'Delete'],
] as const;

/** The database goes back to before it was corrupted. */
describe.skipIf(missing !== undefined).each(storages)(
  `roll-back of data on ${target}, storage class %s, snapshots %s${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  (storageClass, deletionPolicy) => {
    let east: ProtectedCluster;
    let service: DrService;
    let other: DrService;

    beforeAll(async () => {
      east = await withVelero(target, 'east', newStore());
      await east.client.patch({ type: kinds.snapshotClasses, name: 'standard' }, 'merge', { deletionPolicy });
      const make = (holder: string): DrService =>
        createDrService({ clusters: [east.client], reader: new ListReader([east.client]), engines: [engine], clock: systemClock, holder });
      [service, other] = [make('alice@test/1'), make('portal-1')];
      await openShop(east, 'shop', storageClass);
    });
    afterAll(async () => {
      await east?.client.patch({ type: kinds.snapshotClasses, name: 'standard' }, 'merge', { deletionPolicy: 'Retain' });
      await east?.close();
    });

    const ended = async ({ run }: StartedOperation): Promise<Operation> => {
      const operation = await run();
      expect(operation.steps.filter(({ state }) => state === 'Failed')).toEqual([]);
      return operation;
    };
    const planned = async (request: PlanRequest): Promise<Plan> => {
      const plan = await service.plan(request, caller);
      expect(plan.blockers).toEqual([]);
      return plan;
    };
    const rollBack = (): Promise<Plan> => planned({ intent: 'Restore', application: 'shop', components: ['db'], mode: 'inPlace' });
    // Only the sandbox's pods answer; on a real control plane without a kubelet nothing listens behind their addresses.
    const watchWeb = () => witness(east.client, { namespace: 'shop', labelSelector: 'app=web', service: 'web', ask: target === 'sandbox' });
    /** Every moment of it: the same two pods, ready, and a Service that leads to both. */
    const assertServed = (seen: Seen, pods: string[]): void => {
      expect(seen).toMatchObject({ pods, fewestReady: 2, ...(target === 'real' && { fewestAddresses: 2 }) });
      if (target === 'sandbox') {
        expect(seen.asked!.times).toBeGreaterThan(3);
        expect(seen.asked!.unanswered).toBe(0);
      }
    };
    const webPods = async (): Promise<string[]> =>
      (await east.client.list(types.pods, { namespace: 'shop', labelSelector: 'app=web' })).items
        .map(({ metadata }) => metadata.uid!)
        .toSorted();
    const volumes = async () => (await east.client.list(types.persistentVolumes)).items.filter(({ spec }) => isOf(spec, 'shop'));

    it('backs up with a snapshot', async () => {
      const done = await ended(await service.execute(await planned({ intent: 'Backup', application: 'shop' }), caller));
      expect(done).toMatchObject({ state: 'Succeeded' });
      const { components } = await service.application('shop');
      expect(components.find(({ component }) => component.name === 'db')!.volumes).toMatchObject([
        { claim: 'data-db-0', capture: { state: 'captured', method: 'csi-snapshot' } },
      ]);
      await writeOrders(east, newer);
      await writeOrders(east, { ...newer, ...corrupt });
    });

    let done: Operation;

    it('brings the old rows back while web keeps answering', async () => {
      const before = await webPods();
      const old = await volumeOf(east);
      const seen = await watchWeb();
      done = await ended(await service.execute(await rollBack(), caller));
      expect(done, done.message).toMatchObject({ state: 'Succeeded', undoUntil: expect.any(String) });
      assertServed(await seen(), before);
      await running(east.client);
      expect(await readOrders(east)).toEqual(orders);
      expect(await volumeOf(east)).not.toBe(old);
      expect(await east.disks.read(old)).toEqual(corrupt);
    });

    it('brings the newer rows back when another process undoes it', async () => {
      const before = await webPods();
      const seen = await watchWeb();
      const undone = await (await other.undo(done.id, caller)).run();
      expect(undone.undo?.steps.filter(({ state }) => state === 'Failed')).toEqual([]);
      expect(undone, undone.message).toMatchObject({ state: 'Undone' });
      assertServed(await seen(), before);
      await running(east.client);
      expect(await readOrders(east)).toEqual(corrupt);
      await eventually(async () => (await volumes()).length === 1, 'the volume that the restore made is gone', 60_000);
      const [volume] = await volumes();
      expect(volume).toMatchObject({ spec: { persistentVolumeReclaimPolicy: 'Delete' }, status: { phase: 'Bound' } });
      expect(volume!.metadata.annotations).not.toHaveProperty('kubectl-dr.dev/kept-by');
    });

    it('goes back once more, and gives the old volume up when it is confirmed', async () => {
      const old = await volumeOf(east);
      done = await ended(await service.execute(await rollBack(), caller));
      expect(await readOrders(east)).toEqual(orders);
      expect(await volumes()).toHaveLength(2);
      const confirmed = await (await service.confirm(done.id, caller)).run();
      expect(confirmed, confirmed.message).toMatchObject({ state: 'Succeeded', release: { endedAt: expect.any(String) } });
      await eventually(async () => (await volumes()).length === 1, 'the old volume is gone', 60_000);
      expect(await east.disks.read(old)).toBeUndefined();
      await running(east.client);
      expect(await readOrders(east)).toEqual(orders);
    });

    it('brings the rows up beside it, and they stay usable when the copy is gone', async () => {
      await writeOrders(east, newer);
      for (const namespace of ['shop-copy', 'shop-again']) {
        const plan = await planned({ intent: 'Restore', application: 'shop', mode: 'clone', namespace });
        const copied = await ended(await service.execute(plan, caller));
        expect(copied, copied.message).toMatchObject({ state: 'Succeeded' });
        await running(east.client, namespace);
        expect(await readOrders(east, namespace)).toEqual(orders);
        await removeNamespace(east.client, namespace);
      }
      expect(await readOrders(east)).toEqual(newer);
    });
  },
);

function isOf(spec: unknown, namespace: string): boolean {
  return (spec as { claimRef?: { namespace?: string } }).claimRef?.namespace === namespace;
}
