import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { Cases } from '../steps.ts';
import { configMap } from '../steps.ts';

/** What becomes of volumes. */
export const volumes: Cases = {
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
  'backup of a volume that a pod uses, with snapshots turned off': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.pod(shop, 'data');
    return world.backup('b', { includedNamespaces: [shop], snapshotVolumes: false });
  },
  'backup of a volume that a pod uses, by a snapshot': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.pod(shop, 'data');
    return world.backup('b', { includedNamespaces: [shop] });
  },
  'backup of a volume of which a policy says that somebody else takes care': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    const policy = 'version: v1\nvolumePolicies:\n- conditions: { csi: {} }\n  action: { type: custom }\n';
    await configMap(world, 'policy', { policy });
    return world.backup('b', { includedNamespaces: [shop], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
  'backup with a volume skipped by the labels of its claim': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.client.patch({ type: types.persistentVolumeClaims, namespace: shop, name: 'data' }, 'merge', {
      metadata: { labels: { keep: 'no' } },
    });
    const policy = 'version: v1\nvolumePolicies:\n- conditions: { pvcLabels: { keep: "no" } }\n  action: { type: skip }\n';
    await configMap(world, 'policy', { policy });
    return world.backup('b', { includedNamespaces: [shop], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
  'backup by a policy that lets one volume be snapshotted though snapshots are turned off': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    const policy = 'version: v1\nvolumePolicies:\n- conditions: { storageClass: [quick] }\n  action: { type: snapshot }\n';
    await configMap(world, 'policy', { policy });
    const resourcePolicy = { kind: 'configmap', name: world.name('policy') };
    return world.backup('b', { includedNamespaces: [shop], snapshotVolumes: false, resourcePolicy });
  },
  'backup of a volume that no driver made': async (world) => {
    const shop = await world.open('shop');
    await world.folder(shop);
    return world.backup('b', { includedNamespaces: [shop] });
  },
  'backup of a claim that waits for a volume': async (world) => {
    const shop = await world.open('shop');
    await world.waitingClaim(shop);
    return world.backup('b', { includedNamespaces: [shop] });
  },
  'backup of a claim that waits for a volume, with snapshots turned off': async (world) => {
    const shop = await world.open('shop');
    await world.waitingClaim(shop);
    return world.backup('b', { includedNamespaces: [shop], snapshotVolumes: false });
  },
  'backup of a claim that waits for a volume, and that a policy skips': async (world) => {
    const shop = await world.open('shop');
    await world.waitingClaim(shop);
    const policy = 'version: v1\nvolumePolicies:\n- conditions: { pvcPhase: [Pending] }\n  action: { type: skip }\n';
    await configMap(world, 'policy', { policy });
    return world.backup('b', { includedNamespaces: [shop], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
  'backup of a claim that cannot be captured, and of its pod': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'scratch');
    await world.pod(shop, 'data');
    return world.backup('b', { includedNamespaces: [shop] });
  },
  'restore of a claim that could not be captured': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'scratch');
    await world.pod(shop, 'data');
    await world.backup('b', { includedNamespaces: [shop] });
    return world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
  },
  'restore of a volume that was skipped': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.backup('b', { includedNamespaces: [shop], snapshotVolumes: false });
    return world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
  },
  'restore without volumes': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.backup('b', { includedNamespaces: [shop] });
    return world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') }, restorePVs: false });
  },
  'restore of a volume over the one that is there': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.backup('b', { includedNamespaces: [shop] });
    return world.restore('r', { backupName: world.name('b') });
  },
  'restore of a volume over the one that is there, policy update': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.backup('b', { includedNamespaces: [shop] });
    return world.restore('r', { backupName: world.name('b'), existingResourcePolicy: 'update' });
  },
  'restore of a pod brings its claim': async (world) => {
    const shop = await world.open('shop');
    await world.claim(shop, 'quick');
    await world.pod(shop, 'data');
    await world.backup('b', { includedNamespaces: [shop] });
    const mapping = { namespaceMapping: { [shop]: world.name('copy') } };
    return world.restore('r', { backupName: world.name('b'), labelSelector: { matchLabels: { lone: 'yes' } }, ...mapping });
  },
};
