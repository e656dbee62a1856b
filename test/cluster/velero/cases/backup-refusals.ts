import type { Cases } from '../steps.ts';
import { configMap, location } from '../steps.ts';

/** What a backup may not ask for. */
export const backupRefusals: Cases = {
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
  'backup with a snapshot location that is not there': (world) =>
    world.backup('b', { includedNamespaces: ['default'], volumeSnapshotLocations: ['nowhere'] }),
  'backup with names that are none': (world) =>
    world.backup('b', { includedNamespaces: ['Upper', 'two**stars', 'open[', 'a,b'], excludedNamespaces: ['empty[]', 'shut]'] }),
  'backup of everything and of one': (world) => world.backup('b', { includedNamespaces: ['*', 'default'], excludedNamespaces: ['*'] }),
  'backup with and without a type of the cluster': (world) =>
    world.backup('b', {
      includedNamespaces: ['default'],
      includedClusterScopedResources: ['*', 'nodes'],
      excludedClusterScopedResources: ['*', 'nodes'],
    }),
  'backup with and without a type of a namespace': (world) =>
    world.backup('b', {
      includedNamespaces: ['default'],
      includedNamespaceScopedResources: ['secrets'],
      excludedNamespaceScopedResources: ['secrets'],
    }),
  'backup with several mistakes': (world) =>
    world.backup('b', {
      includedNamespaces: ['default'],
      excludedNamespaces: ['default'],
      includedResources: ['secrets', 'pods'],
      excludedResources: ['pods', 'secrets'],
      storageLocation: 'nowhere',
      resourcePolicy: { kind: 'configmap', name: 'absent' },
    }),
  'backup by a resource policy with a field that is none': async (world) => {
    await configMap(world, 'policy', { policy: 'version: v1\nvolumePolicies:\n- conditions: {}\n  actions: { type: skip }\n' });
    return world.backup('b', { includedNamespaces: ['default'], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
  'backup by a resource policy with a condition that is none': async (world) => {
    const policy = 'version: v1\nvolumePolicies:\n- conditions:\n    storageClass: [a, b]\n    size: big\n  action: { type: skip }\n';
    await configMap(world, 'policy', { policy });
    return world.backup('b', { includedNamespaces: ['default'], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
  'backup by a resource policy with an action that is none': async (world) => {
    await configMap(world, 'policy', { policy: 'version: v1\nvolumePolicies:\n- conditions: {}\n  action: { type: leave }\n' });
    return world.backup('b', { includedNamespaces: ['default'], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
  'backup by a resource policy of two files': async (world) => {
    await configMap(world, 'policy', { one: 'version: v1\n', two: 'version: v1\n' });
    return world.backup('b', { includedNamespaces: ['default'], resourcePolicy: { kind: 'configmap', name: world.name('policy') } });
  },
};
