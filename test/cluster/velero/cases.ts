import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { World } from './world.ts';

/** Title -> what is done to Velero, and gives what was seen of it. Each in namespaces of its own. */
export const cases: Record<string, (world: World) => Promise<unknown>> = {
  // What goes into a backup.
  'backup of a namespace': async (world) => world.backup('b', { includedNamespaces: [await world.open('shop')] }),
  'backup of two namespaces': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop'), await world.open('blog')] }),
  'backup of namespaces by a pattern': async (world) => {
    await world.open('shop');
    await world.open('blog');
    return world.backup('b', { includedNamespaces: [world.name('*')] });
  },
  'backup with one of two namespaces taken out': async (world) => {
    const [shop, blog] = [await world.open('shop'), await world.open('blog')];
    return world.backup('b', { includedNamespaces: [shop, blog], excludedNamespaces: [blog] });
  },
  'backup by a label': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop')], labelSelector: { matchLabels: { app: 'web' } } }),
  'backup by an expression': async (world) =>
    world.backup('b', {
      includedNamespaces: [await world.open('shop')],
      labelSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
    }),
  'backup by one of two labels': async (world) =>
    world.backup('b', {
      includedNamespaces: [await world.open('shop')],
      orLabelSelectors: [{ matchLabels: { app: 'web' } }, { matchLabels: { app: 'db' } }],
    }),
  'backup of one type': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop')], includedResources: ['configmaps'] }),
  'backup of all types but two': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop')], excludedResources: ['secrets', 'services'] }),
  'backup of types in the new words': async (world) =>
    world.backup('b', {
      includedNamespaces: [await world.open('shop')],
      includedNamespaceScopedResources: ['configmaps', 'deployments.apps'],
    }),
  'backup without types in the new words': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop')], excludedNamespaceScopedResources: ['secrets'] }),
  'backup of a type that nobody knows': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop')], includedResources: ['widgets'] }),
  'backup passes over what carries the exclude label': async (world) => {
    const shop = await world.open('shop');
    await world.client.patch({ type: types.configMaps, namespace: shop, name: 'web' }, 'merge', {
      metadata: { labels: { 'velero.io/exclude-from-backup': 'true' } },
    });
    return world.backup('b', { includedNamespaces: [shop] });
  },
  'backup passes over a namespace that carries the exclude label': async (world) =>
    world.backup('b', {
      includedNamespaces: [await world.open('shop'), await world.open('blog', { 'velero.io/exclude-from-backup': 'true' })],
    }),
  'backup of a namespace that is not there': (world) => world.backup('b', { includedNamespaces: [world.name('absent')] }),
  'backup keeps its labels and annotations, and gets the server’s': async (world) => {
    await world.backup(
      'b',
      { includedNamespaces: [await world.open('shop')] },
      { labels: { mine: 'yes' }, annotations: { why: 'because' } },
    );
    const { metadata, spec } = await world.client.get(world.ref(kinds.backups, world.name('b')));
    const { ttl, storageLocation, csiSnapshotTimeout, itemOperationTimeout } = spec as Record<string, unknown>;
    return world.mask({
      labels: metadata.labels,
      why: metadata.annotations?.why,
      ttl,
      storageLocation,
      csiSnapshotTimeout,
      itemOperationTimeout,
    });
  },
  'backup expires after its time to live': async (world) => {
    await world.backup('b', { includedNamespaces: [await world.open('shop')], ttl: '1h30m' });
    const { status, spec } = await world.client.get(world.ref(kinds.backups, world.name('b')));
    const { startTimestamp, expiration } = status as { startTimestamp: string; expiration: string };
    return { ttl: (spec as { ttl: string }).ttl, hours: Math.round((Date.parse(expiration) - Date.parse(startTimestamp)) / 360_000) / 10 };
  },

  // What a backup may not ask for.
  'backup in old and new words at once': async (world) =>
    world.backup('b', {
      includedNamespaces: [await world.open('shop')],
      includedResources: ['pods'],
      includedNamespaceScopedResources: ['pods'],
    }),
  'backup by two kinds of selectors': async (world) =>
    world.backup('b', {
      includedNamespaces: [await world.open('shop')],
      labelSelector: { matchLabels: { app: 'web' } },
      orLabelSelectors: [{ matchLabels: { app: 'db' } }],
    }),
  'backup with and without a type': (world) => world.backup('b', { includedResources: ['secrets'], excludedResources: ['secrets'] }),
  'backup with and without a namespace': (world) => world.backup('b', { includedNamespaces: ['default'], excludedNamespaces: ['default'] }),
  'backup into a location that is not there': (world) => world.backup('b', { includedNamespaces: ['default'], storageLocation: 'nowhere' }),
  'backup into a location that is read-only': async (world) => {
    await location(world, 'frozen', { accessMode: 'ReadOnly' });
    return world.backup('b', { includedNamespaces: ['default'], storageLocation: world.name('frozen') });
  },
  'backup into a location that does not answer': async (world) => {
    await location(world, 'gone', { objectStorage: { bucket: 'no-such-bucket-here' } }, 'Unavailable');
    return world.backup('b', { includedNamespaces: ['default'], storageLocation: world.name('gone') });
  },
  'backup by a resource policy that is not there': (world) =>
    world.backup('b', { includedNamespaces: ['default'], resourcePolicy: { kind: 'configmap', name: 'absent' } }),
  'backup by a resource policy that cannot be read': async (world) => {
    await configMap(world, 'policy', { policy: 'version: v9\n' });
    return world.backup('b', { includedNamespaces: ['default'], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },

  // Volumes.
  'backup of a volume by a snapshot': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    return world.backup('b', { includedNamespaces: [shop] });
  },
  'backup of a volume whose driver has no class of snapshots': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'scratch');
    return world.backup('b', { includedNamespaces: [shop] });
  },
  'backup with snapshots turned off': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    return world.backup('b', { includedNamespaces: [shop], snapshotVolumes: false });
  },
  'backup with a volume skipped by policy': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await configMap(world, 'policy', {
      policy: 'version: v1\nvolumePolicies:\n- conditions:\n    storageClass: [quick]\n  action:\n    type: skip\n',
    });
    return world.backup('b', { includedNamespaces: [shop], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
  'restore of a volume from its snapshot': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.backup('b', { includedNamespaces: [shop] });
    return world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
  },

  // What a restore brings back.
  'restore of a namespace that is gone': async (world) => {
    const shop = await backedUp(world);
    await world.close(shop);
    return [await world.restore('r', { backupName: world.name('b') }), await world.live(shop)];
  },
  'restore beside': async (world) => {
    const shop = await backedUp(world);
    const mapping = { namespaceMapping: { [shop]: world.name('copy') } };
    return [await world.restore('r', { backupName: world.name('b'), ...mapping }), await world.live(world.name('copy'))];
  },
  'restore of what is still there and the same': async (world) => {
    const shop = await backedUp(world);
    return [await world.restore('r', { backupName: world.name('b'), includedNamespaces: [shop] }), await world.live(shop)];
  },
  'restore over what has changed': async (world) => {
    const shop = await backedUp(world);
    await change(world, shop);
    return [await world.restore('r', { backupName: world.name('b') }), await world.live(shop)];
  },
  'restore over what has changed, policy none': async (world) => {
    const shop = await backedUp(world);
    await change(world, shop);
    return [await world.restore('r', { backupName: world.name('b'), existingResourcePolicy: 'none' }), await world.live(shop)];
  },
  'restore over what has changed, policy update': async (world) => {
    const shop = await backedUp(world);
    await change(world, shop);
    return [await world.restore('r', { backupName: world.name('b'), existingResourcePolicy: 'update' }), await world.live(shop)];
  },
  'restore of what is missing among what is there': async (world) => {
    const shop = await backedUp(world);
    await world.client.delete({ type: types.configMaps, namespace: shop, name: 'web' });
    return [await world.restore('r', { backupName: world.name('b') }), await world.live(shop)];
  },
  'restore of one type': (world) => beside(world, { includedResources: ['configmaps'] }),
  'restore of all types but two': (world) => beside(world, { excludedResources: ['secrets', 'services'] }),
  'restore by a label': (world) => beside(world, { labelSelector: { matchLabels: { app: 'web' } } }),
  'restore by one of two labels': (world) =>
    beside(world, { orLabelSelectors: [{ matchLabels: { app: 'web' } }, { matchLabels: { app: 'db' } }] }),
  'restore of one of two namespaces': async (world) => {
    const [shop, blog] = [await world.open('shop'), await world.open('blog')];
    await world.backup('b', { includedNamespaces: [shop, blog] });
    const mapping = { [shop]: world.name('shop-copy'), [blog]: world.name('blog-copy') };
    const outcome = await world.restore('r', { backupName: world.name('b'), includedNamespaces: [shop], namespaceMapping: mapping });
    return [outcome, await world.live(world.name('shop-copy')), await world.live(world.name('blog-copy'))];
  },
  'restore of two namespaces into two': async (world) => {
    const [shop, blog] = [await world.open('shop'), await world.open('blog')];
    await world.backup('b', { includedNamespaces: [shop, blog] });
    const mapping = { [shop]: world.name('shop-copy'), [blog]: world.name('blog-copy') };
    return world.restore('r', { backupName: world.name('b'), namespaceMapping: mapping });
  },
  'restore keeps node ports when asked': async (world) => {
    const shop = await backedUp(world);
    const port = await nodePort(world, shop);
    await world.close(shop);
    await world.restore('r', { backupName: world.name('b'), preserveNodePorts: true });
    return { same: (await nodePort(world, shop)) === port };
  },
  'restore labels what it brought': async (world) => {
    const shop = await backedUp(world);
    await world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
    const { metadata } = await world.client.get({ type: types.configMaps, namespace: world.name('copy'), name: 'bare' });
    return world.mask(metadata.labels);
  },

  // Changes on the way back.
  'modifier that changes a field': (world) => modified(world, [{ operation: 'replace', path: '/data/page', value: 'changed' }]),
  'modifier that adds and removes': (world) =>
    modified(world, [
      { operation: 'add', path: '/data/more', value: 'yes' },
      { operation: 'remove', path: '/data/size' },
    ]),
  'modifier that removes what is not there': (world) => modified(world, [{ operation: 'remove', path: '/data/absent' }]),
  'modifier whose test does not hold': (world) =>
    modified(world, [
      { operation: 'test', path: '/data/page', value: 'something else' },
      { operation: 'replace', path: '/data/page', value: 'changed' },
    ]),
  'modifier that removes the node port of a service': (world) =>
    modified(world, [{ operation: 'remove', path: '/spec/ports/0/nodePort' }], 'services'),
  'modifier that is not there': async (world) => {
    await backedUp(world);
    return world.restore('r', { backupName: world.name('b'), resourceModifier: { kind: 'configmap', name: 'absent' } });
  },
  'modifier that cannot be read': async (world) => {
    await backedUp(world);
    await configMap(world, 'rules', { rules: 'version: v9\n' });
    return world.restore('r', { backupName: world.name('b'), resourceModifier: { kind: 'configmap', name: world.name('rules') } });
  },

  // What a restore may not ask for.
  'restore of nothing': (world) => world.restore('r', {}),
  'restore of a backup that is not there': (world) => world.restore('r', { backupName: 'absent' }),
  'restore of a backup and a schedule': (world) => world.restore('r', { backupName: 'absent', scheduleName: 'absent' }),
  'restore of a schedule that has no backup': (world) => world.restore('r', { scheduleName: 'absent' }),
  'restore of a backup that failed its validation': async (world) => {
    await world.backup('b', { includedNamespaces: ['default'], storageLocation: 'nowhere' });
    return world.restore('r', { backupName: world.name('b') });
  },
  'restore by two kinds of selectors': async (world) => {
    await backedUp(world);
    return world.restore('r', {
      backupName: world.name('b'),
      labelSelector: { matchLabels: { app: 'web' } },
      orLabelSelectors: [{ matchLabels: { app: 'db' } }],
    });
  },
  'restore of nodes': async (world) => {
    await backedUp(world);
    return world.restore('r', { backupName: world.name('b'), includedResources: ['nodes'] });
  },
  'restore with and without a type': async (world) => {
    await backedUp(world);
    return world.restore('r', { backupName: world.name('b'), includedResources: ['secrets'], excludedResources: ['secrets'] });
  },

  // Schedules, deletion, the bucket.
  'schedule makes a backup when its time has come, and names it': async (world) => {
    const shop = await world.open('shop');
    const template = { includedNamespaces: [shop] };
    await schedule(world, { schedule: '@every 1s', template }, { labels: { tier: 'gold' }, annotations: { why: 'because' } });
    const { name } = (await firstBackupOf(world)).metadata;
    await world.backupOutcome(name);
    const { metadata, spec } = await world.client.get(world.ref(kinds.backups, name));
    const { phase } = (await world.client.get(world.ref(kinds.schedules, world.name('s')))).status as { phase: string };
    const { includedNamespaces } = spec as { includedNamespaces: string[] };
    return world.mask({ name, labels: metadata.labels, why: metadata.annotations?.why, includedNamespaces, phase });
  },
  'restore of the latest backup of a schedule, labelled by its template': async (world) => {
    const shop = await world.open('shop');
    const template = { includedNamespaces: [shop], metadata: { labels: { from: 'template' } } };
    await schedule(world, { schedule: '@every 1s', template }, { labels: { tier: 'gold' } });
    const { name } = (await firstBackupOf(world)).metadata;
    await world.backupOutcome(name);
    const { metadata } = await world.client.get(world.ref(kinds.backups, name));
    const outcome = await world.restore('r', { scheduleName: world.name('s'), namespaceMapping: { [shop]: world.name('copy') } });
    const { backupName } = (await world.client.get(world.ref(kinds.restores, world.name('r')))).spec as { backupName: string };
    return [world.mask(metadata.labels), outcome, { filledIn: backupName !== '' }];
  },
  'schedule makes nothing before its time': async (world) => {
    await schedule(world, { schedule: '0 0 1 1 *', template: { includedNamespaces: ['default'] } });
    return looksIdle(world);
  },
  'schedule that is paused makes nothing': async (world) => {
    await schedule(world, { schedule: '@every 1s', paused: true, template: { includedNamespaces: ['default'] } });
    return looksIdle(world);
  },
  'schedule that no clock can read': async (world) => {
    await schedule(world, { schedule: 'every now and then', template: { includedNamespaces: ['default'] } });
    const ref = world.ref(kinds.schedules, world.name('s'));
    await eventually(
      async () => ((await world.client.get(ref)).status as { phase?: string } | undefined)?.phase !== undefined,
      'it was looked at',
    );
    const { phase, validationErrors } = (await world.client.get(ref)).status as Record<string, unknown>;
    return world.mask({ phase, validationErrors });
  },
  'backup that is deleted by request takes its restores along': async (world) => {
    const shop = await backedUp(world);
    await world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
    await deletion(world);
    const backup = world.ref(kinds.backups, world.name('b'));
    await eventually(async () => !(await exists(world.client, backup)), 'the backup went', 30_000);
    const restore = world.ref(kinds.restores, world.name('r'));
    await eventually(async () => !(await exists(world.client, restore)), 'the restore went', 30_000);
    return { stays: await exists(world.client, { type: types.configMaps, namespace: world.name('copy'), name: 'web' }) };
  },
  'deletion of a backup that is not there': async (world) => {
    await deletion(world);
    const ref = world.ref(kinds.deletions, world.name('d'));
    await eventually(
      async () => ((await world.client.get(ref)).status as { phase?: string } | undefined)?.phase === 'Processed',
      'it was looked at',
    );
    return world.mask((await world.client.get(ref)).status);
  },
  'backup whose object is deleted comes back from the bucket': async (world) => {
    await backedUp(world);
    const ref = world.ref(kinds.backups, world.name('b'));
    await world.client.delete(ref);
    await eventually(() => exists(world.client, ref), 'it came back', 90_000);
    const { metadata, status } = await world.client.get(ref);
    return { location: metadata.labels?.['velero.io/storage-location'], phase: (status as { phase: string }).phase };
  },
  'status of the server': async (world) => {
    await world.create({
      apiVersion: 'velero.io/v1',
      kind: 'ServerStatusRequest',
      metadata: { name: world.name('status'), namespace: 'velero' },
      spec: {},
    });
    const ref = world.ref(kinds.serverStatusRequests, world.name('status'));
    await eventually(
      async () => ((await world.client.get(ref)).status as { phase?: string } | undefined)?.phase === 'Processed',
      'it was answered',
    );
    const { phase, serverVersion } = (await world.client.get(ref)).status as Record<string, unknown>;
    return { phase, serverVersion };
  },
  'status asked for in another namespace': async (world) => {
    const shop = await world.open('shop');
    await world.create({
      apiVersion: 'velero.io/v1',
      kind: 'ServerStatusRequest',
      metadata: { name: 'status', namespace: shop },
      spec: {},
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { status } = await world.client.get({ type: kinds.serverStatusRequests, namespace: shop, name: 'status' });
    return { answered: (status as { phase?: string } | undefined)?.phase !== undefined };
  },
};

async function backedUp(world: World): Promise<string> {
  const shop = await world.open('shop');
  await world.backup('b', { includedNamespaces: [shop] });
  return shop;
}

/** A changed object, one that is new, and one whose labels are others. */
async function change(world: World, namespace: string): Promise<void> {
  await world.client.patch({ type: types.configMaps, namespace, name: 'web' }, 'merge', { data: { page: 'later', fresh: 'yes' } });
  await world.client.patch({ type: types.deployments, namespace, name: 'web' }, 'merge', { metadata: { labels: { later: 'yes' } } });
  await world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later', namespace }, data: { page: 'new' } });
}

async function beside(world: World, spec: Record<string, unknown>): Promise<unknown> {
  const shop = await backedUp(world);
  const mapping = { namespaceMapping: { [shop]: world.name('copy') } };
  return [await world.restore('r', { backupName: world.name('b'), ...mapping, ...spec }), await world.live(world.name('copy'))];
}

async function modified(
  world: World,
  patches: { operation: string; path: string; value?: string }[],
  groupResource = 'configmaps',
): Promise<unknown> {
  const shop = await backedUp(world);
  const rules = {
    version: 'v1',
    resourceModifierRules: [{ conditions: { groupResource, resourceNameRegex: '^web$', namespaces: [shop] }, patches }],
  };
  await configMap(world, 'rules', { rules: JSON.stringify(rules) });
  const spec = { resourceModifier: { kind: 'configmap', name: world.name('rules') }, namespaceMapping: { [shop]: world.name('copy') } };
  return [await world.restore('r', { backupName: world.name('b'), ...spec }), await world.live(world.name('copy'))];
}

function configMap(world: World, name: string, data: Record<string, string>): Promise<void> {
  return world.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: world.name(name), namespace: 'velero' }, data });
}

/** A second location like the first, but for some fields. */
async function location(world: World, name: string, fields: Record<string, unknown>, phase = 'Available'): Promise<void> {
  const { spec } = await world.client.get(world.ref(kinds.locations, 'default'));
  const { default: _, objectStorage, ...rest } = spec as { default?: boolean; objectStorage: Record<string, unknown> };
  await world.create({
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: { name: world.name(name), namespace: 'velero' },
    // Two locations on one place would both find every backup.
    spec: { ...rest, objectStorage: { ...objectStorage, prefix: name }, ...fields },
  });
  const ref = world.ref(kinds.locations, world.name(name));
  const now = async (): Promise<string | undefined> => ((await world.client.get(ref)).status as { phase?: string } | undefined)?.phase;
  await eventually(async () => (await now()) === phase, `${name} is ${phase}`, 30_000);
}

function schedule(world: World, spec: Record<string, unknown>, metadata: Record<string, unknown> = {}): Promise<void> {
  return world.create({
    apiVersion: 'velero.io/v1',
    kind: 'Schedule',
    metadata: { name: world.name('s'), namespace: 'velero', ...metadata },
    spec,
  });
}

async function backupsOf(world: World): Promise<KubeObject[]> {
  const labelSelector = `velero.io/schedule-name=${world.name('s')}`;
  return (await world.client.list(kinds.backups, { namespace: 'velero', labelSelector })).items;
}

/** The server looks at its schedules once a minute. */
async function firstBackupOf(world: World): Promise<KubeObject> {
  await eventually(async () => (await backupsOf(world)).length > 0, 'the schedule made its backup', 90_000);
  await world.client.patch(world.ref(kinds.schedules, world.name('s')), 'merge', { spec: { paused: true } });
  return (await backupsOf(world))[0]!;
}

async function looksIdle(world: World): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { status } = await world.client.get(world.ref(kinds.schedules, world.name('s')));
  return { phase: (status as { phase?: string } | undefined)?.phase, backups: (await backupsOf(world)).length };
}

function deletion(world: World): Promise<void> {
  const spec = { backupName: world.name('b') };
  return world.create({
    apiVersion: 'velero.io/v1',
    kind: 'DeleteBackupRequest',
    metadata: { name: world.name('d'), namespace: 'velero' },
    spec,
  });
}

async function nodePort(world: World, namespace: string): Promise<unknown> {
  const { spec } = await world.client.get({ type: types.services, namespace, name: 'web' });
  return (spec as { ports: { nodePort?: number }[] }).ports[0]!.nodePort;
}
