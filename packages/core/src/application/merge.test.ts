import type { CatalogEntity } from '../ports/catalog.ts';
import type { ClusterReading } from '../ports/reading.ts';
import { FleetInventory } from './fleet-inventory.ts';
import { applicationsFromCatalog } from './from-catalog.ts';
import { applicationsFromLabels } from './from-labels.ts';
import { mergeApplications } from './merge.ts';
import { namespace, reading, workload } from './objects.fixture.ts';
import { type TenancyRule, claimOf, settle } from './tenancy.ts';

const entity = (kind: string, name: string, spec: object = {}, annotations: Record<string, string> = {}): CatalogEntity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: {
    name,
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`backstage.io/kubernetes-${key}`, value])),
  },
  spec: spec as Record<string, unknown>,
});
const owned = (owner: string) => ({ annotations: { 'kubectl-dr.dev/owner': owner } });

function applications(entities: CatalogEntity[], readings: ClusterReading[], rules: TenancyRule[] = []) {
  const fleet = new FleetInventory(readings);
  const settled = applicationsFromCatalog({ entities, problems: [] }).applications.map((application) => settle(application, fleet, rules));
  return mergeApplications(settled, applicationsFromLabels(fleet.clusters), fleet, rules);
}
const outline = (...args: Parameters<typeof applications>) =>
  applications(...args).flatMap(({ name, components }) =>
    components.map(
      (component) =>
        `${name}/${component.name}: ${component.placements.map((p) => `${p.cluster ?? '*'}/${p.namespace} ${p.workloads ?? p.labelSelector ?? 'all'} ${p.claim}`).join(' + ')}`,
    ),
  );

describe('claimOf', () => {
  const fleet = new FleetInventory([
    reading('east', [namespace('a', owned('team-a')), namespace('l', { labels: { 'kubectl-dr.dev/owner': 'Team-A' } }), namespace('n')]),
  ]);
  const claim = (name: string, owner: string | undefined, rules: TenancyRule[] = []) =>
    claimOf({ cluster: 'east', namespace: name }, owner, fleet.get('east')!.namespace(name), rules);

  it('believes the namespace and the operator only', () => {
    expect(claim('a', 'group:default/team-a')).toBe('claimed');
    expect(claim('a', 'group:default/team-b')).toBe('unclaimed');
    expect(claim('a', 'user:default/team-a')).toBe('unclaimed');
    expect(claim('l', 'group:default/team-a')).toBe('claimed');
    expect(claim('l', 'group:default/team-b')).toBe('unclaimed');
    expect(claim('n', 'group:default/team-a')).toBe('unclaimed');
    expect(claim('n', undefined)).toBe('unclaimed');
    expect(claim('missing', 'group:default/team-a')).toBe('unknown');
    expect(claim('n', 'group:default/team-a', [{ namespace: 'n', owner: 'team-a' }])).toBe('mapped');
    expect(claim('n', 'group:default/team-a', [{ namespace: 'n', cluster: 'west', owner: 'team-a' }])).toBe('unclaimed');
    expect(claim('n', 'group:default/team-b', [{ namespace: 'n', owner: 'team-a' }])).toBe('unclaimed');
  });
});

describe('mergeApplications', () => {
  const shop = [
    entity('System', 'shop', { owner: 'team-shop' }),
    entity('Component', 'web', { system: 'shop', owner: 'team-shop' }, { namespace: 'shop', 'label-selector': 'app=web' }),
  ];
  const web = workload('shop/web', { labels: { app: 'web' } });

  it("adds what labels find in the owner's namespace", () => {
    expect(outline(shop, [reading('east', [namespace('shop', owned('team-shop')), web, workload('shop/redis')])])).toEqual([
      'shop/web: east/shop app=web claimed',
      'shop/redis: east/shop Deployment/redis claimed',
    ]);
  });

  it('tells nothing twice where the catalog takes the whole namespace', () => {
    const whole = [entity('Component', 'store', { owner: 'team-shop' }, { namespace: 'shop' })];
    expect(outline(whole, [reading('east', [namespace('shop', owned('team-shop')), web, workload('shop/redis')])])).toEqual([
      'store/store: east/shop all claimed',
    ]);
  });

  it('does not let an unconfirmed entry hide or adopt what runs', () => {
    expect(outline(shop, [reading('east', [namespace('shop', owned('team-pay')), web, workload('shop/redis')])])).toEqual([
      'shop/web: east/shop app=web unclaimed',
      'shop.east/redis: east/shop Deployment/redis claimed',
      'shop.east/web: east/shop app=web claimed',
    ]);
  });

  it('tells a copy that a move left stopped as what it is, and not as a part of its own', () => {
    const east = reading('east', [namespace('shop', owned('team-shop')), web]);
    const named = [
      entity('System', 'shop', { owner: 'team-shop' }),
      entity('Component', 'shop-web', { system: 'shop' }, { namespace: 'shop', cluster: 'east', 'label-selector': 'app=web' }),
    ];
    const there = (replicas: number, noted = true) =>
      reading('west', [
        namespace('shop', owned('team-shop')),
        workload('shop/web', {
          labels: { app: 'web', 'app.kubernetes.io/part-of': 'shop' },
          replicas,
          annotations: noted ? { 'kubectl-dr.dev/replicas': '1' } : {},
        }),
      ]);
    const [merged, ...strangers] = applications(named, [east, there(0)]);
    expect(strangers).toEqual([]);
    expect(merged!.components.map(({ name }) => name)).toEqual(['shop-web']);
    expect(merged!.problems).toMatchObject([{ code: 'FORMER_COPY', severity: 'info', cluster: 'west' }]);
    // Whatever runs there is told, whoever started it; and what nobody's move has stopped.
    const told = ['shop/shop-web: east/shop app=web claimed', 'shop/web: west/shop all claimed'];
    expect(outline(named, [east, there(1)])).toEqual(told);
    expect(outline(named, [east, there(0, false)])).toEqual(told);
    expect(outline(named, [reading('east', []), there(0)])).toContain('shop/web: west/shop all claimed');
  });

  it('finds it in a namespace of another name, where that is of the application, and the same workloads go on elsewhere', () => {
    const named = [
      entity('System', 'shop', { owner: 'team-shop' }),
      entity('Component', 'shop-web', { system: 'shop' }, { namespace: 'shop', cluster: 'east', 'label-selector': 'app=web' }),
    ];
    const east = reading('east', [namespace('shop', owned('team-shop')), web]);
    const left = (meta: Parameters<typeof namespace>[1], name = 'web', replicas = 0) =>
      reading('west', [
        namespace('shop-dr', meta),
        workload(`shop-dr/${name}`, {
          labels: { app: name, 'app.kubernetes.io/part-of': 'shop' },
          replicas,
          annotations: { 'kubectl-dr.dev/replicas': '1' },
        }),
      ]);
    const ours = { labels: { 'kubectl-dr.dev/application': 'shop' } };
    for (const meta of [ours, owned('team-shop')]) {
      const [merged, ...strangers] = applications(named, [east, left(meta)]);
      expect(strangers).toEqual([]);
      expect(merged!.components.map(({ name }) => name)).toEqual(['shop-web']);
      expect(merged!.problems).toMatchObject([{ code: 'FORMER_COPY', cluster: 'west', message: expect.stringContaining('west/shop-dr') }]);
    }
    // Somebody else's of the same name, one that goes on nowhere, and one that runs are told.
    const told = (west: ClusterReading) => outline(named, [east, west]).at(-1);
    expect(told(left(owned('team-pay')))).toBe('shop-dr/web: west/shop-dr all claimed');
    expect(told(left(owned('team-shop'), 'jobs'))).toBe('shop/jobs: west/shop-dr all claimed');
    expect(told(left(owned('team-shop'), 'web', 1))).toBe('shop/web: west/shop-dr all claimed');
  });

  it("follows the operator's mapping", () => {
    const rules = [{ namespace: 'shop', owner: 'group:default/team-shop' }];
    expect(outline(shop, [reading('east', [namespace('shop'), web])], rules)).toEqual(['shop/web: east/shop app=web mapped']);
  });

  it('gives a placement to a component that has none, and joins edges', () => {
    const entities = [
      entity('System', 'shop', { owner: 'team-shop' }),
      entity('Component', 'web', { system: 'shop' }),
      entity('Resource', 'db', { system: 'shop' }),
    ];
    const objects = [
      namespace('shop', owned('team-shop')),
      workload('shop/web', { labels: { app: 'web' }, annotations: { 'kubectl-dr.dev/depends-on': 'db redis' } }),
      workload('shop/redis', { labels: { app: 'redis' }, annotations: { 'kubectl-dr.dev/depends-on': 'web' } }),
    ];
    const [merged] = applications(entities, [reading('east', objects)]);
    expect(merged).toMatchObject({
      source: 'merged',
      components: [
        {
          name: 'web',
          entityRef: 'component:default/web',
          dependsOn: ['redis'],
          placements: [{ labelSelector: 'app=web', claim: 'claimed' }],
        },
        { name: 'db', placements: [] },
        { name: 'redis', dependsOn: ['web'] },
      ],
    });
    expect(merged!.problems.map(({ code }) => code)).toEqual(['DEPENDENCY_CYCLE']);
  });

  it('spreads a placement without a cluster, and keeps it when nobody has the namespace', () => {
    const east = reading('east', [namespace('shop', owned('team-shop')), web]);
    const west = reading('west', [namespace('shop', owned('team-shop')), web]);
    expect(outline(shop, [east, west])).toEqual(['shop/web: east/shop app=web claimed + west/shop app=web claimed']);
    expect(outline(shop, [reading('east', [])])).toEqual(['shop/web: */shop app=web unknown']);
  });

  it("takes two names of one cluster as one, and the catalog's name for it as good", () => {
    const objects = [namespace('shop', owned('team-shop')), web];
    const pinned = [entity('Component', 'web', { owner: 'team-shop' }, { namespace: 'shop', cluster: 'alias' })];
    expect(outline(pinned, [reading('east', objects, { identity: 'one' }), reading('alias', objects, { identity: 'one' })])).toEqual([
      'web/web: east/shop all claimed',
    ]);
  });

  it('looks for labels where the catalog names no namespace', () => {
    const lookup = [entity('Component', 'web', { owner: 'team-shop' }, { id: 'web' })];
    const labelled = (space: string) => workload(`${space}/web`, { labels: { 'backstage.io/kubernetes-id': 'web' } });
    const mine = [namespace('mine', owned('team-shop')), labelled('mine')];
    const other = [namespace('other', owned('team-x')), labelled('other')];
    expect(outline(lookup, [reading('east', [...mine, ...other])])).toEqual([
      'web/web: east/mine backstage.io/kubernetes-id=web claimed',
      'other/web: east/other all claimed',
    ]);
    expect(outline(lookup, [reading('east', other)])[0]).toBe('web/web: east/other backstage.io/kubernetes-id=web unclaimed');
    const clone = [
      namespace('mine-restore-1', { ...owned('team-shop'), labels: { 'kubectl-dr.dev/clone-of': 'mine' } }),
      labelled('mine-restore-1'),
    ];
    expect(outline(lookup, [reading('east', [...mine, ...clone])])).toEqual(['web/web: east/mine backstage.io/kubernetes-id=web claimed']);
  });
});
