import { types } from '@kubectl-dr/core/ports/kubernetes';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Cases } from '../steps.ts';
import { backedUp, beside, change, location, nodePort } from '../steps.ts';

/** What a restore brings back. */
export const restores: Cases = {
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
  'restore over the same, of many kinds': async (world) => {
    const shop = await world.open('shop');
    await world.manyKinds(shop);
    await world.backup('b', { includedNamespaces: [shop] });
    return world.restore('r', { backupName: world.name('b') });
  },
  'restore over the same, of many kinds, policy update': async (world) => {
    const shop = await world.open('shop');
    await world.manyKinds(shop);
    await world.backup('b', { includedNamespaces: [shop] });
    return world.restore('r', { backupName: world.name('b'), existingResourcePolicy: 'update' });
  },
  'restore over the copy of an earlier restore': async (world) => {
    const shop = await world.open('shop');
    await world.manyKinds(shop);
    await world.backup('b', { includedNamespaces: [shop] });
    // Whether controllers have written into a workload already, when the server looks at it, is chance.
    const excludedResources = ['deployments', 'statefulsets', 'replicasets', 'controllerrevisions'];
    const mapping = { namespaceMapping: { [shop]: world.name('copy') }, excludedResources };
    await world.restore('r', { backupName: world.name('b'), ...mapping });
    return [await world.restore('again', { backupName: world.name('b'), ...mapping }), await world.live(world.name('copy'))];
  },
  'restore of service accounts that have changed': async (world) => {
    const shop = await world.open('shop');
    const ref = { type: types.serviceAccounts, namespace: shop, name: 'robot' };
    await world.client.patch(ref, 'merge', { metadata: { labels: { a: '1', b: '1' } }, imagePullSecrets: [{ name: 'one' }] });
    await world.backup('b', { includedNamespaces: [shop] });
    await world.client.patch(ref, 'merge', { metadata: { labels: { a: '2', b: null } }, imagePullSecrets: [{ name: 'two' }] });
    const outcome = await world.restore('r', { backupName: world.name('b') });
    const { metadata, imagePullSecrets } = await world.client.get(ref);
    return [outcome, world.mask({ labels: metadata.labels, imagePullSecrets })];
  },
  'restore in order': async (world) => {
    const shop = await world.open('shop');
    await world.manyKinds(shop);
    await world.backup('b', { includedNamespaces: [shop] });
    await world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
    return world.attempts('r');
  },
  'restore of an empty namespace': async (world) => {
    const shop = await world.open('shop');
    await world.backup('b', { includedNamespaces: [shop], excludedNamespaceScopedResources: ['*'] });
    const mapping = { namespaceMapping: { [shop]: world.name('copy') } };
    return [await world.restore('r', { backupName: world.name('b'), ...mapping }), await world.live(world.name('copy'))];
  },
  'restore of an empty namespace that is named': async (world) => {
    const shop = await world.open('shop');
    await world.backup('b', { includedNamespaces: [shop], excludedNamespaceScopedResources: ['*'] });
    const mapping = { namespaceMapping: { [shop]: world.name('copy') } };
    return [
      await world.restore('r', { backupName: world.name('b'), includedNamespaces: [shop], ...mapping }),
      await world.live(world.name('copy')),
    ];
  },
  'restore of a backup without anything in it': async (world) => {
    await world.backup('b', { includedNamespaces: [world.name('absent')] });
    return world.restore('r', { backupName: world.name('b') });
  },
  'restore from a location that is read-only': async (world) => {
    const shop = await world.open('shop');
    await location(world, 'own', {});
    await world.backup('b', { includedNamespaces: [shop], storageLocation: world.name('own') });
    await world.client.patch(world.ref(kinds.locations, world.name('own')), 'merge', { spec: { accessMode: 'ReadOnly' } });
    return world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
  },
};
