import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Cases } from '../steps.ts';
import { backedUp, location, stopAnswering } from '../steps.ts';

/** What a restore may not ask for. */
export const restoreRefusals: Cases = {
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
  'restore with and without a namespace': async (world) => {
    const shop = await backedUp(world);
    return world.restore('r', { backupName: world.name('b'), includedNamespaces: [shop], excludedNamespaces: [shop] });
  },
  'restore by a policy that is none': async (world) => {
    await backedUp(world);
    return world.restore('r', { backupName: world.name('b'), existingResourcePolicy: 'replace' });
  },
  'restore with several mistakes': (world) =>
    world.restore('r', {
      backupName: 'absent',
      includedResources: ['nodes', 'events', 'secrets'],
      excludedResources: ['secrets'],
      existingResourcePolicy: 'replace',
    }),
  'restore from a location that does not answer': async (world) => {
    const shop = await world.open('shop');
    await location(world, 'own', {});
    await world.backup('b', { includedNamespaces: [shop], storageLocation: world.name('own') });
    await stopAnswering(world, 'own');
    return world.restore('r', { backupName: world.name('b') });
  },
  'restore of a schedule that has only failures': async (world) => {
    await world.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: world.name('b'), namespace: 'velero', labels: { 'velero.io/schedule-name': world.name('s') } },
      spec: { storageLocation: 'nowhere' },
    });
    await world.backupOutcome(world.name('b'));
    await world.client.get(world.ref(kinds.backups, world.name('b')));
    return world.restore('r', { scheduleName: world.name('s') });
  },
};
