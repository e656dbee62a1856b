import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import type { ClusterName } from '@kubectl-dr/sandbox';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { customTypes, serve } from './custom-types.ts';
import type { OpenGround } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

/** A database that is copied moves to `west` and back, planned and unplanned, with every row. */
export function describeRelocations(title: string, open: OpenGround): void {
  describe(`relocating, failing over and coming back (${title})`, { timeout: 300_000 }, () => {
    let pair: SitePair;
    beforeEach(async () => {
      pair = await SitePair.open(open, { copied: 60_000 });
      await pair.received('west');
    }, 120_000);
    afterEach(() => pair.close());

    const claimsAt = async (cluster: ClusterName) => {
      const { items } = await pair.clusters[cluster].client.list(types.persistentVolumeClaims, { namespace: 'shop' });
      return items.map(({ metadata }) => metadata.name);
    };

    it('moves to west without losing a row, copies the other way from then on, and is taken back', async () => {
      await pair.write('east', '1,apples\n2,pears\n');
      const { plan: made, done: ended } = await pair.moved({ intent: 'Relocate', to: 'west' });
      expect(made.dataLoss).toEqual([
        { component: 'web', seconds: 0, text: 'nothing of web' },
        { component: 'orders-db', seconds: 0, text: 'nothing of orders-db' },
      ]);
      await pair.running('west');
      expect(await pair.read('west')).toBe('1,apples\n2,pears\n');
      expect(await pair.pods('east')).toEqual([]);
      expect(await pair.pods('west')).toHaveLength(3);
      await pair.received('east', Date.parse(ended.requestedAt));

      await pair.write('west', '1,apples\n2,pears\n3,plums\n');
      await pair.takenBack(ended);
      await pair.running('east');
      expect(await pair.pods('east')).toHaveLength(3);
      expect(await pair.read('east')).toBe('1,apples\n2,pears\n');
      expect(await pair.pods('west')).toEqual([]);
      expect(await claimsAt('west')).toEqual([]);
      expect(await pair.workloads('west')).toEqual([]);
      expect(await pair.resting()).toEqual(['east target', 'west source']);
    });

    it('tells what keeps its host where hosts are called otherwise, for that is its name', async () => {
      const { domainMapping } = customTypes;
      for (const { client } of [pair.clusters.east, pair.clusters.west])
        await serve({ cluster: client, create: (object) => createAll(client, [object]) }, domainMapping);
      await createAll(pair.clusters.east.client, [
        {
          apiVersion: apiVersionOf(domainMapping),
          kind: domainMapping.kind,
          metadata: { name: 'shop.east.example', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web' } },
          spec: { ref: { apiVersion: 'v1', kind: 'Service', name: 'web' } },
        },
      ]);
      const told = async (hosts?: Record<string, string>) =>
        (await pair.plan({ intent: 'Relocate', to: 'west', ...(hosts && { hosts }) })).warnings.filter(
          ({ code }) => code === 'HOST_IS_NAME',
        );
      expect(await told({ '.east.example': '.west.example' })).toMatchObject([
        { severity: 'warning', cluster: 'west', evidence: ['DomainMapping shop/shop.east.example'] },
      ]);
      expect(await told()).toEqual([]);
    });

    it('goes on at west with the newest copy when east is lost, and comes back with every row', async () => {
      await pair.write('east', '1,apples\n');
      await pair.capture({ snapshotVolumes: false });
      await pair.synced();
      pair.clusters.east.lose({ workloads: false });
      const refused = await pair.plan({ intent: 'Failover', to: 'west' });
      expect(refused.blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE', cluster: 'east' }]);
      const { plan: made, done: ended } = await pair.moved({ intent: 'Failover', to: 'west', override: 'power of rack 3 is cut' });
      expect(made.copies).toMatchObject([
        { component: 'orders-db', claim: 'data-orders-db-0', engine: 'volsync', from: 'east', to: 'west' },
      ]);
      // What the plan told, and the time until it was carried out.
      const between = Math.ceil((Date.parse(ended.requestedAt) - Date.parse(made.createdAt)) / 1000);
      const told = Math.max(...made.dataLoss.map(({ seconds }) => seconds));
      expect(ended.measured!.lossSeconds ?? 0).toBeLessThanOrEqual(told + between);
      await pair.running('west');
      expect(await pair.read('west')).toBe('1,apples\n');
      expect(await pair.pods('west')).toHaveLength(3);

      // The old copy writes on; nothing of that reaches west, and it is stopped when its cluster answers.
      await pair.write('east', 'split\n');
      await pair.write('west', '1,apples\n2,pears\n');
      expect((await pair.plan({ intent: 'Failback' }).catch((error: unknown) => error)) as Error).toMatchObject({
        name: 'ServiceUnavailableError',
      });
      pair.clusters.east.comeBack();
      expect((await pair.plan({ intent: 'Failback' })).blockers.map(({ code }) => code)).toContain('ALREADY_RUNS_THERE');
      expect(await pair.released()).toMatchObject([{ id: ended.id }]);
      expect(await pair.pods('east')).toEqual([]);
      expect(await pair.resting()).toEqual(['east source', 'west target']);
      await pair.received('east', Date.parse(ended.requestedAt));

      await pair.write('west', '1,apples\n2,pears\n3,plums\n');
      await pair.moved({ intent: 'Failback' });
      await pair.running('east');
      expect(await pair.read('east')).toBe('1,apples\n2,pears\n3,plums\n');
      expect(await pair.pods('west')).toEqual([]);
      expect(await pair.pods('east')).toHaveLength(3);
    });
  });
}
