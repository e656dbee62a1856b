import type { Plan, PlanRequest } from '@kubectl-dr/core/planning/model';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { mortal, seenBy } from './seen-by.ts';
import type { OpenGround } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

const caller = { name: 'olivia' };
const override = 'power of rack 3 is cut';
const longestLoss = ({ dataLoss }: Plan): number => Math.max(...dataLoss.map(({ seconds }) => seconds));

/** What `west` goes on with lies in backups that `east` has made: with them and without, wherever the process dies. */
export function describeFailovers(title: string, open: OpenGround): void {
  describe(`failing over to what was backed up (${title})`, { timeout: 300_000 }, () => {
    let pair: SitePair;
    beforeEach(async () => {
      pair = await SitePair.open(open);
    }, 120_000);
    afterEach(() => pair.close());

    const plan = (request: Partial<PlanRequest> = {}) => pair.plan({ intent: 'Failover', to: 'west', ...request });
    const failedOver = async (request: Partial<PlanRequest> = {}) => {
      const made = await plan(request);
      expect(made.blockers).toEqual([]);
      return { made, done: await pair.carriedOut(made) };
    };

    it('goes on at west with the rows of the newest point when east is lost, and stops the old copy when it answers again', async () => {
      await pair.write('east', '1,apples\n');
      await pair.capture();
      await pair.write('east', '1,apples\n2,pears\n');
      pair.clusters.east.lose({ workloads: false });
      const service = pair.service();
      const refused = await plan();
      expect(refused.blockers).toMatchObject([{ code: 'SOURCE_MAY_BE_ALIVE', cluster: 'east' }]);
      await expect(pair.during(service.execute(refused, caller))).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });

      const { made, done } = await failedOver({ override });
      expect(made.warnings).toContainEqual(expect.objectContaining({ code: 'SPLIT_BRAIN_RISK', evidence: [`accepted: ${override}`] }));
      expect(made.home).toBe('west');
      expect(done, done.message).toMatchObject({ state: 'Succeeded', measured: { rtoSeconds: expect.any(Number) } });
      // What the plan told, and the time until it was carried out.
      const between = Math.ceil((Date.parse(done.requestedAt) - Date.parse(made.createdAt)) / 1000);
      expect(done.measured!.lossSeconds ?? 0).toBeLessThanOrEqual(Math.max(...made.dataLoss.map(({ seconds }) => seconds)) + between);
      await pair.running('west');
      expect(await pair.read('west')).toBe('1,apples\n');
      expect(done.steps[0]).toMatchObject({ state: 'Succeeded', message: `east does not answer; accepted: ${override}` });

      // The old copy went on writing, and nothing of that reaches west.
      await pair.write('east', 'split\n');
      await expect(pair.during(service.confirm(done.id, caller).then((operation) => operation.run()))).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
      pair.clusters.east.comeBack();
      expect(await pair.pods('east')).toHaveLength(3);
      expect((await pair.during(service.application('shop'))).reasons.map(({ code }) => code)).toContain('MOVE_UNFINISHED');
      expect(await pair.released()).toMatchObject([{ id: done.id, release: { endedAt: expect.any(String) } }]);
      expect(await pair.pods('east')).toEqual([]);
      for (const workload of await pair.workloads('east'))
        expect(workload.metadata.annotations?.['kubectl-dr.dev/replicas']).toBe(workload.kind === 'Deployment' ? '2' : '1');
      expect((await pair.during(service.application('shop'))).reasons.map(({ code }) => code)).not.toContain('MOVE_UNFINISHED');
      expect(await pair.read('west')).toBe('1,apples\n');
      expect(await pair.released()).toEqual([]);
    });

    it('stops the old copy first where its cluster answers: at no moment do two run', async () => {
      await pair.capture();
      const both: string[] = [];
      pair.meanwhile = async () => {
        const [east, west] = [await pair.pods('east'), await pair.pods('west')];
        if (east.length > 0 && west.length > 0) both.push(`${east.join(',')} and ${west.join(',')}`);
      };
      const { made, done } = await failedOver();
      expect(made.warnings.map(({ code }) => code)).not.toContain('SPLIT_BRAIN_RISK');
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      expect(both).toEqual([]);
      expect(await pair.pods('east')).toEqual([]);
      expect(await pair.pods('west')).toHaveLength(3);
      await expect(pair.during(pair.service().confirm(done.id, caller))).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    it('chooses a point whose data is to be had there, and maps classes of storage', async () => {
      await pair.write('east', 'old\n');
      const moved = await pair.capture();
      await pair.write('east', 'new\n');
      // Points are dated by the second.
      await pair.pass(1_100);
      await pair.capture({ snapshotMoveData: false, snapshotVolumes: true });
      const missing = await plan({ storageClasses: { standard: 'fast' } });
      expect(missing.blockers).toMatchObject([{ code: 'STORAGE_CLASS_MISSING', cluster: 'west' }]);
      const { made, done } = await failedOver({ storageClasses: { standard: 'scratch' } });
      expect(new Set(made.points.map(({ name }) => name))).toEqual(new Set([moved]));
      const fields = made.changes.find(({ kind }) => kind === 'PersistentVolumeClaim')?.fields;
      expect(fields).toMatchObject([{ path: 'spec.storageClassName', from: 'standard', to: 'scratch' }]);
      expect(done, done.message).toMatchObject({ state: 'Succeeded' });
      await pair.running('west');
      expect(await pair.read('west')).toBe('old\n');
      const { west } = pair.clusters;
      const claim = await west.client.get({ type: types.persistentVolumeClaims, namespace: 'shop', name: 'data-orders-db-0' });
      expect(claim.spec).toMatchObject({ storageClassName: 'scratch' });
    });

    it('promises nothing where no point has arrived', async () => {
      const made = await plan();
      expect(new Set(made.blockers.map(({ code }) => code))).toEqual(new Set(['POINT_UNUSABLE']));
      expect(new Set(made.blockers.map(({ fix }) => fix))).toEqual(
        new Set([
          'back it up first: kubectl dr backup; or let west see what was made elsewhere: add that storage location there, with access mode ReadOnly',
        ]),
      );
      expect(made.dataLoss).toEqual([]);
    });

    it('names who deploys the old copy from Git, as it was captured, and how to pause that', async () => {
      const { client } = pair.clusters.east;
      const metadata = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' } };
      await client.patch({ type: types.deployments, namespace: 'shop', name: 'web' }, 'merge', { metadata });
      await pair.capture();
      const { warnings } = await plan();
      expect(warnings.filter(({ code }) => code === 'GITOPS_MANAGED')).toMatchObject([
        { cluster: 'east', evidence: ['Deployment shop/web'], fix: expect.stringContaining('argocd app set shop --sync-policy none') },
      ]);
    });

    it('is planned for one moment, to which all that is lost counts, and sealed once', async () => {
      await pair.close();
      pair = await SitePair.open(open, { copied: 60_000 });
      await pair.received('west');
      await pair.capture({ snapshotVolumes: false });
      pair.clusters.east.lose({ workloads: false });
      // Until everything has been read a while passes.
      pair.through = (cluster) =>
        seenBy(cluster, { before: ({ verb }) => (verb === 'list' ? pair.clock.sleep(4_000) : Promise.resolve()) });
      const hashed = vi.spyOn(crypto.subtle, 'digest');
      const { createdAt, copies = [], dataLoss } = await plan({ override });
      const plans = hashed.mock.calls.filter(([, data]) => new TextDecoder().decode(data as Uint8Array).includes('"intent":"Failover"'));
      hashed.mockRestore();
      expect(plans).toHaveLength(1);
      expect(copies).toHaveLength(1);
      const told = dataLoss.find(({ component }) => component === 'orders-db')!.seconds;
      expect(told).toBe(Math.round((Date.parse(createdAt) - Date.parse(copies[0]!.capturedAt!)) / 1000));
    });

    it('comes back and goes again without loss, and back once more from what was backed up when west is lost', async () => {
      await pair.close();
      pair = await SitePair.open(open, { bothWays: true });
      const running = async (on: 'east' | 'west', rows: string): Promise<void> => {
        await pair.running(on);
        expect(await pair.read(on)).toBe(rows);
        expect([await pair.pods('east'), await pair.pods('west')].map(({ length }) => length)).toEqual(on === 'east' ? [3, 0] : [0, 3]);
      };
      await pair.write('east', '1,apples\n');
      await pair.capture();
      await pair.moved({ intent: 'Failover', to: 'west' });
      await running('west', '1,apples\n');

      await pair.capture({ snapshotMoveData: true }, 'west');
      await pair.write('west', '1,apples\n2,pears\n');
      const { plan: back } = await pair.moved({ intent: 'Failback' });
      expect(longestLoss(back)).toBe(0);
      await running('east', '1,apples\n2,pears\n');

      await pair.write('east', '1,apples\n2,pears\n3,plums\n');
      const { plan: again } = await pair.moved({ intent: 'Relocate', to: 'west' });
      expect(longestLoss(again)).toBe(0);
      await running('west', '1,apples\n2,pears\n3,plums\n');

      await pair.write('west', '4,figs\n');
      await pair.capture({ snapshotMoveData: true }, 'west');
      await pair.write('west', 'lost\n');
      pair.clusters.west.lose({ workloads: true });
      const { plan: lost } = await pair.moved({ intent: 'Failover', to: 'east', override });
      expect(longestLoss(lost)).toBeGreaterThan(0);
      await pair.running('east');
      expect(await pair.read('east')).toBe('4,figs\n');
      expect(await pair.pods('east')).toHaveLength(3);
      pair.clusters.west.comeBack();
      await pair.pass(30_000);
      expect(await pair.released()).toHaveLength(1);
      await running('east', '4,figs\n');
    });

    it('is refused where it makes no sense', async () => {
      await pair.capture();
      await expect(plan({ to: 'wets' })).rejects.toMatchObject({ code: 'UNKNOWN_CLUSTER', hint: 'did you mean "west"?' });
      await expect(plan({ to: 'east' })).rejects.toMatchObject({ name: 'InputError' });
      pair.clusters.west.lose({ workloads: false });
      await expect(plan()).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    });

    it('whose process dies anywhere is ended by another one', async () => {
      await pair.close();
      for (const death of [2, 7, 12, 17, 22, 27, 32]) {
        pair = await SitePair.open(open);
        await pair.capture();
        pair.clusters.east.lose({ workloads: false });
        const made = await plan({ override });
        let dying: ReturnType<typeof mortal> | undefined;
        const first = pair.service('first', (cluster) =>
          cluster.name === 'west' ? (dying = mortal(cluster, 'after', death)).cluster : cluster,
        );
        const started = await pair.during(first.execute(made, caller, { operationId: 'failover-shop-1', signal: dying!.signal }));
        dying!.arm();
        await pair.during(started.run()).catch((error: unknown) => {
          if (!dying!.dead) throw error;
        });
        const second = pair.service('second');
        const found = await pair.during(second.operation('failover-shop-1'));
        // A lease runs out in half a minute; the dead process gives it back here.
        if (found.state !== 'Succeeded') await pair.giveBack();
        const end =
          found.state === 'Succeeded'
            ? found
            : await pair.during(second.resume('failover-shop-1', caller).then((operation) => operation.run()));
        expect(end, `killed after write ${death}: ${end.message}`).toMatchObject({ state: 'Succeeded' });
        await pair.running('west');
        expect(await pair.pods('west')).toHaveLength(3);
        await pair.close();
      }
      pair = await SitePair.open(open);
    });
  });
}
