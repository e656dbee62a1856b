import { types } from '@kubectl-dr/core/ports/kubernetes';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Cases } from '../steps.ts';
import { marked } from '../steps.ts';

/** What goes into a backup. */
export const backups: Cases = {
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
  'backup of everything that carries a label': async (world) => {
    await world.open('shop');
    return world.backup('b', { labelSelector: await marked(world, 'shop') });
  },
  'backup of everything that carries a label, but for a namespace': async (world) => {
    const blog = await world.open('blog');
    await world.open('shop');
    const labelSelector = await marked(world, 'shop');
    await marked(world, 'blog');
    return world.backup('b', { labelSelector, excludedNamespaces: [blog] });
  },
  'backup of a namespace with types of the cluster': async (world) => {
    const shop = await world.open('shop');
    const labelSelector = await marked(world, 'shop');
    return world.backup('b', { includedNamespaces: [shop], labelSelector, includeClusterResources: true });
  },
  'backup of a namespace without types of the cluster': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    return world.backup('b', { includedNamespaces: [shop], includeClusterResources: false });
  },
  'backup of a type of the cluster in the new words': async (world) => {
    const shop = await world.open('shop');
    const labelSelector = await marked(world, 'shop');
    return world.backup('b', { includedNamespaces: [shop], labelSelector, includedClusterScopedResources: ['clusterroles'] });
  },
  'backup by a label that only the namespace carries': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop')], labelSelector: { matchLabels: { team: 'shop' } } }),
  'backup of a namespace and of one that a label chooses': async (world) => {
    const shop = await world.open('shop');
    await world.open('blog', { chosen: world.name('yes') });
    return world.backup('b', { includedNamespaces: [shop], labelSelector: { matchLabels: { chosen: world.name('yes') } } });
  },
  'backup of claims alone brings their volumes': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    return world.backup('b', { includedNamespaces: [shop], includedNamespaceScopedResources: ['persistentvolumeclaims'] });
  },
  'backup of claims alone in the old words leaves their volumes': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    return world.backup('b', { includedNamespaces: [shop], includedResources: ['persistentvolumeclaims'] });
  },
  'backup of a namespace whose objects are passed over': async (world) =>
    world.backup('b', { includedNamespaces: [await world.open('shop')], excludedNamespaceScopedResources: ['*'] }),
  'backup passes over what is about to go': async (world) => {
    const shop = await world.open('shop');
    const ref = { type: types.configMaps, namespace: shop, name: 'web' };
    await world.client.patch(ref, 'merge', { metadata: { finalizers: ['example.dev/kept'] } });
    await world.client.delete(ref);
    const outcome = await world.backup('b', { includedNamespaces: [shop] });
    await world.client.patch(ref, 'merge', { metadata: { finalizers: null } });
    return outcome;
  },
  'backup writes into its spec what it takes': async (world) => {
    const [shop] = [await world.open('shop'), await world.open('blog', { 'velero.io/exclude-from-backup': 'true' })];
    await world.backup('old', { includedNamespaces: [shop], excludedResources: ['secrets'] });
    await world.backup('new', { includedNamespaces: [shop], excludedNamespaceScopedResources: ['secrets'] });
    const told = async (name: string): Promise<unknown> => {
      const { spec } = await world.client.get(world.ref(kinds.backups, world.name(name)));
      const { excludedNamespaces, ...rest } = spec as { excludedNamespaces?: string[] };
      return { ...rest, excludedNamespaces: excludedNamespaces?.filter((namespace) => namespace.startsWith(world.name(''))) };
    };
    return world.mask([await told('old'), await told('new')]);
  },
};
