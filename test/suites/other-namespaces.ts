import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { type KubeObject, types } from '@kubectl-dr/core/ports/kubernetes';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { find } from '@kubectl-dr/sandbox/simulators/find';
import { shop } from './shop.ts';
import type { OpenGround } from './site-ground.ts';
import { SitePair } from './site-pair.ts';

const override = 'power of rack 3 is cut';
const there = { namespaces: { shop: 'shop-dr' } };

/** The shop with configuration that names its namespace, and with labels that call a part otherwise than the catalog. */
function namingShop(): KubeObject[] {
  return [
    ...shop('shop').map((object) => {
      if (object.kind === 'ConfigMap')
        return { ...object, data: { page: 'hello', orders: 'orders-db.shop.svc:5432', short: 'orders-db.shop:5432' } };
      if (object.kind !== 'Deployment') return object;
      const { labels } = object.metadata;
      return { ...object, metadata: { ...object.metadata, labels: { ...labels, 'app.kubernetes.io/component': 'storefront' } } };
    }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'orders-db', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'orders-db' } },
      spec: { selector: { 'app.kubernetes.io/name': 'orders-db' }, ports: [{ port: 5432, protocol: 'TCP', targetPort: 5432 }] },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'shop' } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader', namespace: 'shop' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'shop' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    } as KubeObject,
  ];
}

/** `west` calls the namespace of the shop otherwise, by the policy or by the request. */
export function describeOtherNamespaces(title: string, open: OpenGround): void {
  describe(`going on under another namespace (${title})`, { timeout: 300_000 }, () => {
    let pair: SitePair;
    beforeEach(async () => {
      pair = await SitePair.open(open, { objects: namingShop(), bothWays: true, there: 'shop-dr' });
      pair.policy = { owner: 'team-shop', mapping: { west: there } };
    }, 120_000);
    afterEach(() => pair.close());

    const found = (site: 'east' | 'west', name: string) => find(pair.clusters[site].client, { type: types.namespaces, name });
    const places = async () => {
      const { application } = await pair.during(pair.service().application('shop'));
      return [
        ...new Set(
          application.components.flatMap(({ placements }) => placements.map(({ cluster, namespace }) => `${cluster}/${namespace}`)),
        ),
      ];
    };
    const moved = async (request: Omit<PlanRequest, 'application'>) => {
      const { plan, done } = await pair.moved(request);
      await pair.running(plan.home as 'east' | 'west');
      return { plan, done };
    };

    it('fails over by a point, is found there, and comes back with every row under its own name', async () => {
      await pair.write('east', '1,apples\n');
      await pair.capture();
      pair.clusters.east.lose({ workloads: false });
      const { plan } = await moved({ intent: 'Failover', to: 'west', override });
      expect(plan).toMatchObject({
        mapping: there,
        target: [
          { cluster: 'west', namespaces: ['shop-dr'] },
          { cluster: 'east', namespaces: ['shop'] },
        ],
      });
      expect(plan.changes.find(({ kind }) => kind === 'ConfigMap')?.fields).toEqual([
        { path: 'data.orders', from: 'orders-db.shop.svc', to: 'orders-db.shop-dr.svc', why: expect.any(String) },
      ]);
      expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'NAMESPACE_NAMED_IN_CONFIG', evidence: ['ConfigMap web'] }));
      expect(plan.warnings.map(({ code }) => code)).toContain('POINTS_LEFT_BEHIND');
      const codes = async () => (await pair.during(pair.service().application('shop'))).reasons.map(({ code }) => code);
      expect(await codes()).toContain('NEVER_BACKED_UP');
      const { client } = pair.clusters.west;
      expect(await client.get({ type: types.configMaps, namespace: 'shop-dr', name: 'web' })).toMatchObject({
        data: { page: 'hello', orders: 'orders-db.shop-dr.svc:5432', short: 'orders-db.shop:5432' },
      });
      expect(await client.get({ type: types.roleBindings, namespace: 'shop-dr', name: 'reader' })).toMatchObject({
        subjects: [{ name: 'reader', namespace: 'shop-dr' }],
      });
      expect(await pair.read('west')).toBe('1,apples\n');
      expect(await found('west', 'shop')).toBeUndefined();
      expect(await places()).toEqual(['west/shop-dr']);

      pair.clusters.east.comeBack();
      await pair.released();
      expect(await pair.pods('east')).toEqual([]);
      await pair.write('west', '1,apples\n2,pears\n');
      await pair.capture(undefined, 'west');
      expect(await codes()).not.toContain('NEVER_BACKED_UP');
      await pair.write('west', '1,apples\n2,pears\n3,plums\n');
      const back = await moved({ intent: 'Failback' });
      expect(back.plan.mapping).toEqual({ namespaces: { 'shop-dr': 'shop' } });
      expect(back.plan.warnings.map(({ code }) => code)).not.toContain('POINTS_LEFT_BEHIND');
      expect(await pair.read('east')).toBe('1,apples\n2,pears\n3,plums\n');
      expect(await pair.pods('west')).toEqual([]);
      expect(await places()).toEqual(['east/shop']);
      expect(await pair.clusters.east.client.get({ type: types.configMaps, namespace: 'shop', name: 'web' })).toMatchObject({
        data: { orders: 'orders-db.shop.svc:5432' },
      });
      const { applications } = await pair.during(pair.service().fleet({}));
      expect(applications.map(({ application }) => application.name)).toEqual(['shop']);
      // What stands stopped there is no part of its own, whatever its labels call it.
      const [{ application }] = applications as [(typeof applications)[number]];
      expect(application.components.map(({ name }) => name).toSorted()).toEqual(['orders-db', 'web']);
      expect(application.problems).toContainEqual(
        expect.objectContaining({ code: 'FORMER_COPY', cluster: 'west', message: expect.stringContaining('storefront in west/shop-dr') }),
      );
    });

    it('relocates as the request says, and is taken back', async () => {
      pair.policy = { owner: 'team-shop' };
      await pair.write('east', '1,apples\n');
      await pair.capture();
      await pair.write('east', '1,apples\n2,pears\n');
      const { done } = await moved({ intent: 'Relocate', to: 'west', ...there });
      expect(await pair.read('west')).toBe('1,apples\n2,pears\n');
      expect(await places()).toEqual(['west/shop-dr']);
      await pair.takenBack(done);
      await pair.running('east');
      expect(await places()).toEqual(['east/shop']);
      expect(await pair.read('east')).toBe('1,apples\n2,pears\n');
      expect(await pair.pods('west')).toEqual([]);
      expect(await pair.workloads('west')).toEqual([]);
      expect(await pair.volumeOf('west', 'data-orders-db-0')).toBeUndefined();
    });

    it('writes into no namespace of somebody else, and takes no point that could be of one', async () => {
      await pair.capture();
      await createAll(pair.clusters.west.client, shop('pay'));
      const { client } = pair.clusters.west;
      await expect(pair.plan({ intent: 'Relocate', to: 'west', namespaces: { shop: 'pay' } })).rejects.toMatchObject({
        code: 'UNCLAIMED_PLACEMENT',
        message: expect.stringContaining('the namespace pay on west is there already and is not of shop alone'),
      });
      await createAll(client, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]);
      for (const request of [{ intent: 'Failover', to: 'west' } as const, { intent: 'Drill', on: 'west' } as const])
        await expect(pair.plan(request)).rejects.toMatchObject({
          code: 'UNCLAIMED_PLACEMENT',
          message: expect.stringContaining('west has a namespace shop of somebody else'),
        });
    });

    it('refuses names that no way back could be found by', async () => {
      const refused = (namespaces: Record<string, string>) => pair.plan({ intent: 'Failover', to: 'west', namespaces });
      await expect(refused({ shop: 'Shop DR' })).rejects.toMatchObject({ name: 'InputError' });
      await expect(refused({ pay: 'pay-dr' })).rejects.toMatchObject({ name: 'InputError', hint: 'namespaces that go: shop' });
    });
  });

  describe(`copying continuously to another namespace (${title})`, { timeout: 300_000 }, () => {
    let pair: SitePair;
    beforeEach(async () => {
      pair = await SitePair.open(open, { copied: 60_000, there: 'shop-dr' });
      pair.policy = { owner: 'team-shop', mapping: { west: there } };
      await pair.received('west');
    }, 120_000);
    afterEach(() => pair.close());

    it('fails over to the copy there, is copied back, and comes back with every row', async () => {
      const applications = async () =>
        (await pair.during(pair.service().fleet({}))).applications.map(({ application }) => application.name);
      expect(await applications()).toEqual(['shop']);
      await pair.write('east', '1,apples\n');
      await pair.capture({ snapshotVolumes: false });
      await pair.synced();
      pair.clusters.east.lose({ workloads: true });
      const { plan: made, done } = await pair.moved({ intent: 'Failover', to: 'west', override });
      expect(made.copies).toMatchObject([{ claim: 'data-orders-db-0', from: 'east', to: 'west', namespace: 'shop-dr' }]);
      await pair.running('west');
      expect(await pair.read('west')).toBe('1,apples\n');
      expect(await pair.pods('west')).toHaveLength(3);
      pair.clusters.east.comeBack();
      await pair.released();
      expect(await pair.pods('east')).toEqual([]);
      expect(await pair.resting()).toEqual(['east source', 'west target']);
      await pair.received('east', Date.parse(done.requestedAt));
      await pair.write('west', '1,apples\n2,pears\n');
      const { plan: back } = await pair.moved({ intent: 'Failback' });
      expect(back.mapping).toEqual({ namespaces: { 'shop-dr': 'shop' } });
      await pair.running('east');
      expect(await pair.read('east')).toBe('1,apples\n2,pears\n');
      expect(await pair.pods('west')).toEqual([]);
      await pair.received('west', Date.parse(done.requestedAt));
      expect(await applications()).toEqual(['shop']);
    });

    it('moves as planned without losing a row, is taken back, and is tried there beside the copy', async () => {
      await pair.write('east', '1,apples\n2,pears\n');
      const { done } = await pair.moved({ intent: 'Relocate', to: 'west' });
      await pair.running('west');
      expect(await pair.read('west')).toBe('1,apples\n2,pears\n');
      await pair.takenBack(done);
      await pair.running('east');
      expect(await pair.read('east')).toBe('1,apples\n2,pears\n');
      expect(await pair.pods('west')).toEqual([]);
      await pair.capture({ snapshotVolumes: false });
      await pair.synced();
      const drill = await pair.plan({ intent: 'Drill', on: 'west' });
      expect(drill.blockers).toEqual([]);
      expect(drill.copies).toMatchObject([{ claim: 'data-orders-db-0', to: 'west' }]);
      expect(await pair.carriedOut(drill)).toMatchObject({ state: 'Succeeded' });
    });
  });
}
