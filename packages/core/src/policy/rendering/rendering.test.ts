import { veleroKinds } from '../../engines/velero/kinds.ts';
import { engine as velero } from '../../engines/velero/index.ts';
import { engine as csi } from '../../engines/csi/index.ts';
import { NotAllowedError, ServiceUnavailableError } from '../../errors.ts';
import type { CatalogEntity } from '../../ports/catalog.ts';
import { ListReader } from '../../service/list-reader.ts';
import { createDrService } from '../../service/service.ts';
import { deployment, namespace, object } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/clock.ts';
import { MemoryCluster } from '../../testing/memory-cluster.ts';

const owned = { metadata: { annotations: { 'kubectl-dr.dev/owner': 'group:default/team' } } };
const policy = (name: string, spec: Record<string, unknown>): CatalogEntity => ({
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'DRPolicy',
  metadata: { name },
  spec: { owner: 'platform', objectives: { rpo: '4h' }, ...spec },
});
const system = (name: string, assigned?: string): CatalogEntity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'System',
  metadata: { name, ...(assigned && { annotations: { 'kubectl-dr.dev/policy': assigned } }) },
  spec: { owner: 'team' },
});
const component = (name: string, of: string, place: string, more: Record<string, string> = {}): CatalogEntity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name,
    annotations: {
      'backstage.io/kubernetes-cluster': 'east',
      'backstage.io/kubernetes-namespace': place,
      'backstage.io/kubernetes-label-selector': `app=${name}`,
      ...more,
    },
  },
  spec: { type: 'service', owner: 'team', system: of },
});

const gold = policy('gold', { schedule: { every: '1h' }, retention: { keepFor: '7d' } });
const silver = policy('silver', { schedule: { cron: '15 3 * * *', timeZone: 'Europe/Berlin' } });

/** What is asked for: name, and what is in it. */
async function rendered(entities: CatalogEntity[], engines = [velero]) {
  const east = new MemoryCluster({ name: 'east', clock: new FakeClock(), types: Object.values(veleroKinds) });
  east.seed([
    ...['shop', 'common'].flatMap((name) => [
      namespace(name, owned),
      ...['web', 'db', 'mail'].map((app) => deployment(`${name}/${app}`, {}, { metadata: { labels: { app } } })),
    ]),
    object('velero.io/v1', 'BackupStorageLocation', 'backup-system/default', { spec: {}, status: {} }),
  ]);
  const dr = createDrService({
    clusters: [east],
    reader: new ListReader([east]),
    engines,
    clock: new FakeClock(),
    holder: 'me',
    catalog: { read: async () => ({ entities, problems: [] }) },
  });
  const { changes, reasons } = await dr.policies({ name: 'me' });
  const told = changes.map(({ object: { metadata, spec }, action }) => {
    const { schedule, template } = spec as { schedule: string; template: Record<string, unknown> };
    const { includedNamespaces, labelSelector, storageLocation, ttl } = template;
    const selector = (labelSelector as { matchExpressions: { key: string; values: string[] }[] } | undefined)?.matchExpressions;
    return [
      action,
      `${metadata.namespace}/${metadata.name}`,
      schedule,
      [
        String(includedNamespaces),
        ...(selector ? selector.map(({ key, values }) => `${key}=${values}`) : []),
        ...(storageLocation ? [storageLocation] : []),
        ttl,
      ].join(' '),
    ].join(' | ');
  });
  return [...told, ...reasons.map(({ code }) => code)];
}

it.each<[string, CatalogEntity[], string[]]>([
  ['nothing without a policy', [system('shop'), component('web', 'shop', 'shop')], []],
  ['nothing for a policy without a schedule', [policy('gold', {}), system('shop', 'gold'), component('web', 'shop', 'shop')], []],
  [
    'a namespace of its own as a whole, once',
    [gold, system('shop', 'gold'), component('web', 'shop', 'shop'), component('db', 'shop', 'shop')],
    ['create | backup-system/dr-shop-shop | @every 1h0m0s | shop 168h0m0s'],
  ],
  [
    'what stands under two policies by its labels',
    [
      gold,
      silver,
      system('shop', 'gold'),
      component('web', 'shop', 'shop'),
      component('db', 'shop', 'shop', { 'kubectl-dr.dev/policy': 'silver' }),
    ],
    [
      'create | backup-system/dr-shop-db | CRON_TZ=Europe/Berlin 15 3 * * * | shop app=db 720h0m0s',
      // In no catalog, and in the namespace of the application: under its policy.
      'create | backup-system/dr-shop-mail | @every 1h0m0s | shop app=mail 168h0m0s',
      'create | backup-system/dr-shop-web | @every 1h0m0s | shop app=web 168h0m0s',
    ],
  ],
  [
    "what shares a namespace with another's by its labels",
    [gold, system('store', 'gold'), system('post'), component('web', 'store', 'common'), component('mail', 'post', 'common')],
    ['create | backup-system/dr-store-web | @every 1h0m0s | common app=web 168h0m0s'],
  ],
  [
    'a schedule for each location',
    [
      policy('gold', {
        schedule: { every: '90m' },
        retention: { keepFor: '1d' },
        locations: [{ name: 'near' }, { name: 'far', offsite: true }],
      }),
      system('shop', 'gold'),
      component('web', 'shop', 'shop'),
    ],
    [
      'create | backup-system/dr-shop-shop | @every 1h30m0s | shop near 24h0m0s',
      'create | backup-system/dr-shop-shop-far | @every 1h30m0s | shop far 24h0m0s',
    ],
  ],
])('%s', async (_, entities, expected) => expect(await rendered(entities)).toEqual(expected));

it('tells where no engine keeps a timetable, and where a namespace did not agree', async () => {
  expect(await rendered([gold, system('shop', 'gold'), component('web', 'shop', 'shop')], [csi])).toEqual(['NO_ENGINE']);
  const foreign = { ...component('web', 'shop', 'shop'), spec: { type: 'service', owner: 'others', system: 'shop' } };
  expect(await rendered([gold, system('shop', 'gold'), foreign])).toEqual(['PLACEMENT_UNCLAIMED']);
});

describe('a part that cannot be decided', () => {
  const both = [
    gold,
    system('shop', 'gold'),
    component('web', 'shop', 'shop'),
    { ...component('db', 'shop', 'shop', { 'backstage.io/kubernetes-cluster': 'west' }) },
  ];

  /** Two clusters of the same contents; `apply` once, then look with other eyes. */
  async function twice() {
    const clusters = ['east', 'west'].map((name) => {
      const cluster = new MemoryCluster({ name, clock: new FakeClock(), types: Object.values(veleroKinds) });
      cluster.seed([
        namespace('shop', owned),
        namespace('backup-system'),
        ...['web', 'db'].map((app) => deployment(`shop/${app}`, {}, { metadata: { labels: { app } } })),
        object('velero.io/v1', 'BackupStorageLocation', 'backup-system/default', { spec: {}, status: {} }),
      ]);
      return cluster;
    });
    let entities = both;
    const dr = createDrService({
      clusters,
      reader: new ListReader(clusters),
      engines: [velero],
      clock: new FakeClock(),
      holder: 'me',
      catalog: { read: async () => ({ entities, problems: [] }) },
    });
    const seen = async () => {
      const { changes, reasons } = await dr.policies({ name: 'me' });
      const told = reasons.map(({ code, cluster }) => `${code} ${cluster}`);
      return [...changes.map(({ action, cluster }) => `${action} ${cluster}`), ...new Set(told)];
    };
    await dr.applyPolicies((await dr.policies({ name: 'me' })).changes, { name: 'me' });
    return { clusters, seen, read: (next: CatalogEntity[]) => (entities = next) };
  }

  it('keeps no other part waiting: a cluster that is silent, and one that does not tell its schedules', async () => {
    const { clusters, seen } = await twice();
    expect(await seen()).toEqual(['same east', 'same west']);
    clusters[1]!.intercept = async ({ resource }) => {
      if (resource === 'schedules.velero.io') throw new NotAllowedError('schedules are hidden', { cluster: 'west' });
    };
    expect(await seen()).toEqual(['same east', 'CLUSTER_UNREACHABLE west']);
    clusters[1]!.intercept = async () => {
      throw new ServiceUnavailableError('west is silent', { cluster: 'west' });
    };
    expect(await seen()).toEqual(['same east', 'CLUSTER_UNREACHABLE west']);
  });

  it('is not called superfluous, where a namespace does not agree any more', async () => {
    const { seen, read } = await twice();
    read(
      both.map((entity) =>
        entity.metadata?.name === 'db' ? { ...entity, spec: { ...(entity.spec as object), owner: 'others' } } : entity,
      ),
    );
    expect(await seen()).toEqual(['same east', 'PLACEMENT_UNCLAIMED west']);
    read(both.map((entity) => (entity.kind === 'System' ? system('shop') : entity)));
    expect(await seen()).toEqual(['remove east', 'remove west']);
  });
});
