import { snapshotKinds } from '@kubectl-dr/core/engines/snapshot-kinds';
import { keepLabel } from '@kubectl-dr/core/engines/volsync/kinds';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { drillToWire } from '@kubectl-dr/core/wire/encode-drill';
import { remainsOf } from './drills.ts';
import type { OpenGround } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

const caller = { name: 'olivia' };

/** A drill on `west` makes volumes out of the image of a continuous copy, which goes on. */
export function describeCopiedStandby(title: string, open: OpenGround): void {
  describe(`a drill on the standby with a copy (${title})`, { timeout: 300_000 }, () => {
    let pair: SitePair;
    beforeEach(async () => {
      pair = await SitePair.open(open, { copied: 60_000 });
      await pair.received('west');
    }, 120_000);
    afterEach(() => pair.close());

    const plan = (point?: string) => pair.plan({ intent: 'Drill', on: 'west', ...(point !== undefined && { point }) });

    /** The drill, and what its database holds when everything has become ready. `meanwhile`: then. */
    async function drilled(
      meanwhile: () => Promise<void> = async () => undefined,
    ): Promise<{ done: Operation; rows: string | undefined; namespace: string }> {
      const service = pair.service();
      const made = await plan();
      expect(made.blockers).toEqual([]);
      const namespace = made.target[0]!.namespaces[0]!;
      const started = await pair.during(service.execute(made, caller));
      let rows: string | undefined;
      const followed = async (): Promise<void> => {
        for await (const event of started.events) {
          if (event.type !== 'operation' || rows !== undefined || !event.operation.steps.every(({ state }) => state === 'Succeeded'))
            continue;
          const volume = await pair.volumeOf('west', 'data-orders-db-0', namespace);
          rows = volume === undefined ? undefined : pair.clusters.west.volumes.read(volume)?.['orders.csv'];
          await meanwhile();
        }
      };
      await pair.during(followed());
      return { done: await pair.during(service.operation(started.operation.id)), rows, namespace };
    }

    /** Images of the copy that somebody keeps from VolSync's hands. */
    async function keptImages(): Promise<string[]> {
      const { items } = await pair.clusters.west.client.list(snapshotKinds.snapshots, { namespace: 'shop' });
      return items.flatMap(({ metadata }) => (metadata.labels?.[keepLabel] === undefined ? [] : [metadata.name]));
    }

    it('makes the volume out of the image of the copy, which goes on, and leaves nothing of it', async () => {
      await pair.capture({ snapshotVolumes: false });
      await pair.write('east', '1,apples\n');
      await pair.synced();
      const { client } = pair.clusters.west;
      const claims = async () =>
        (await client.list(types.persistentVolumeClaims, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name);
      const before = await claims();
      const { done, rows, namespace } = await drilled(() => pair.write('east', '1,apples\n2,pears\n'));
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(rows).toBe('1,apples\n');
      const { spec, status } = await drillToWire(done);
      expect(spec.copies).toMatchObject([
        { component: 'orders-db', claim: 'data-orders-db-0', engine: 'volsync', from: 'east', to: 'west' },
      ]);
      expect(status).toMatchObject({ cleanUp: { state: 'Verified' }, evidence: { intact: true } });
      // Of the copy, and not of the point, which is older.
      const [promoted] = done.steps.flatMap(({ capturedAt }) => capturedAt ?? []);
      expect(status.components.find(({ component }) => component === 'orders-db')?.lossSeconds).toBe(
        Math.max(0, Math.round((Date.parse(done.requestedAt) - Date.parse(promoted!)) / 1000)),
      );
      expect(await remainsOf({ cluster: client }, namespace)).toEqual([]);
      expect(await keptImages()).toEqual([]);
      expect(await claims()).toEqual(before);
      expect(await pair.pods('west')).toEqual([]);
      expect(await pair.resting()).toEqual([]);
      // What was written meanwhile arrives, and the next drill has it.
      await pair.synced();
      expect((await drilled()).rows).toBe('1,apples\n2,pears\n');
    });

    it('does so while the cluster that it runs on does not answer', async () => {
      await pair.capture({ snapshotVolumes: false });
      await pair.write('east', '1,apples\n');
      await pair.synced();
      pair.clusters.east.lose({ workloads: false });
      const { done, rows, namespace } = await drilled();
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(rows).toBe('1,apples\n');
      expect(await remainsOf({ cluster: pair.clusters.west.client }, namespace)).toEqual([]);
      expect(await keptImages()).toEqual([]);
    });

    it('takes the point where one is named, and the copy where a snapshot of the other cluster cannot be had', async () => {
      const whole = await pair.capture();
      await pair.synced();
      const kept = await pair.capture({ snapshotMoveData: false, snapshotVolumes: true });
      expect((await plan()).copies).toMatchObject([{ claim: 'data-orders-db-0' }]);
      const named = await plan(whole);
      expect(named.copies).toBeUndefined();
      expect(named.blockers).toEqual([]);
      expect((await plan(kept)).blockers).not.toEqual([]);
    });
  });
}
