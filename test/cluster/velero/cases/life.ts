import { types } from '@kubectl-dr/core/ports/kubernetes';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Cases } from '../steps.ts';
import { backedUp, backupsOf, deletion, deletionOutcome, firstBackupOf, location, looksIdle, schedule, stopAnswering } from '../steps.ts';

/** Schedules, deletion, the bucket, and what else the server answers. */
export const life: Cases = {
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
    return deletionOutcome(world);
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
  'schedule makes no backup beside one that still runs': async (world) => {
    const template = { includedNamespaces: [await world.open('shop')] };
    await schedule(world, { schedule: '@every 1s', paused: true, template });
    const running = world.ref(kinds.backups, world.name('running'));
    await world.create({
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: running.name, namespace: 'velero', labels: { 'velero.io/schedule-name': world.name('s') } },
      spec: {},
      status: { phase: 'InProgress' },
    });
    const ref = world.ref(kinds.schedules, world.name('s'));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await world.client.patch(ref, 'merge', { spec: { paused: false } });
    const meanwhile = await looksIdle(world);
    await world.client.patch(running, 'merge', { status: { phase: 'Failed' } });
    await world.client.patch(ref, 'merge', { spec: { template: { ...template, ttl: '2h0m0s' } } });
    await firstBackupOf(world);
    return meanwhile;
  },
  'schedule that is told to skip once': async (world) => {
    await schedule(world, { schedule: '0 0 1 1 *', skipImmediately: true, template: { includedNamespaces: ['default'] } });
    const ref = world.ref(kinds.schedules, world.name('s'));
    await eventually(async () => (await world.client.get(ref)).status !== undefined, 'it was looked at');
    const { spec, status } = await world.client.get(ref);
    return world.mask({ skipImmediately: (spec as { skipImmediately?: boolean }).skipImmediately, status });
  },
  'schedule without a time': async (world) => {
    await schedule(world, { schedule: '', template: { includedNamespaces: ['default'] } });
    const ref = world.ref(kinds.schedules, world.name('s'));
    await eventually(async () => (await world.client.get(ref)).status !== undefined, 'it was looked at');
    return world.mask((await world.client.get(ref)).status);
  },
  'schedule that owns its backups': async (world) => {
    const template = { includedNamespaces: [await world.open('shop')] };
    await schedule(world, { schedule: '@every 1s', useOwnerReferencesInBackup: true, template });
    const { name } = (await firstBackupOf(world)).metadata;
    await world.backupOutcome(name);
    const { ownerReferences } = (await world.client.get(world.ref(kinds.backups, name))).metadata;
    return { paused: (await backupsOf(world)).length > 0, owners: world.mask(ownerReferences) };
  },
  'backup goes when its time has come, and its restores with it': async (world) => {
    const shop = await world.open('shop');
    await world.backup('b', { includedNamespaces: [shop], ttl: '8s' });
    await world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
    await eventually(async () => !(await exists(world.client, world.ref(kinds.backups, world.name('b')))), 'the backup went', 60_000);
    return { restore: await exists(world.client, world.ref(kinds.restores, world.name('r'))) };
  },
  'backup whose time has come stays in a location that is read-only': async (world) => {
    await location(world, 'own', {});
    await world.backup('b', { includedNamespaces: [await world.open('shop')], storageLocation: world.name('own'), ttl: '6s' });
    await world.client.patch(world.ref(kinds.locations, world.name('own')), 'merge', { spec: { accessMode: 'ReadOnly' } });
    const ref = world.ref(kinds.backups, world.name('b'));
    const label = 'velero.io/gc-failure';
    await eventually(async () => (await world.client.get(ref)).metadata.labels?.[label] !== undefined, 'it is said', 60_000);
    return world.mask((await world.client.get(ref)).metadata.labels);
  },
  'backup comes out of the bucket into a place that has never seen it': async (world) => {
    const shop = await world.open('shop');
    await location(world, 'east', { backupSyncPeriod: '0s' }, 'Available', 'one');
    await world.backup('b', { includedNamespaces: [shop], storageLocation: world.name('east') }, { labels: { mine: 'yes' } });
    const ref = world.ref(kinds.backups, world.name('b'));
    const before = await world.client.get(ref);
    await world.client.delete(ref);
    await location(world, 'west', {}, 'Available', 'one');
    await eventually(() => exists(world.client, ref), 'it came', 90_000);
    const { metadata, spec, status } = await world.client.get(ref);
    const { phase, startTimestamp } = status as Record<string, unknown>;
    const outcome = await world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
    return [
      world.mask({
        labels: metadata.labels,
        location: (spec as { storageLocation: string }).storageLocation,
        phase,
        asOld: startTimestamp === (before.status as Record<string, unknown>).startTimestamp,
        itself: metadata.uid === before.metadata.uid,
      }),
      outcome,
    ];
  },
  'backup that is whole goes with its files': async (world) => {
    await location(world, 'own', {}, 'Available', 'one');
    await world.backup('b', { includedNamespaces: [await world.open('shop')], storageLocation: world.name('own') });
    const ref = world.ref(kinds.locations, world.name('own'));
    const { spec } = await world.client.get(ref);
    const { objectStorage } = spec as { objectStorage: Record<string, unknown> };
    await world.client.patch(ref, 'merge', { spec: { objectStorage: { ...objectStorage, prefix: world.name('elsewhere') } } });
    await eventually(async () => !(await exists(world.client, world.ref(kinds.backups, world.name('b')))), 'the backup went', 90_000);
    return 'gone';
  },
  'backup by a name that the bucket knows': async (world) => {
    const shop = await world.open('shop');
    await location(world, 'own', { backupSyncPeriod: '0s' });
    const spec = { includedNamespaces: [shop], storageLocation: world.name('own') };
    await world.backup('b', spec);
    await world.client.delete(world.ref(kinds.backups, world.name('b')));
    return world.backup('b', spec);
  },
  'location that holds what is none of its own': async (world) => {
    await location(world, 'outer', {}, 'Available', 'outer');
    await location(world, 'inner', {}, 'Available', 'outer/inner');
    await world.backup('b', { includedNamespaces: [await world.open('shop')], storageLocation: world.name('inner') });
    const ref = world.ref(kinds.locations, world.name('outer'));
    const status = async (): Promise<Record<string, unknown>> => (await world.client.get(ref)).status as Record<string, unknown>;
    await eventually(async () => (await status()).phase === 'Unavailable', 'it was noticed', 90_000);
    return world.mask((await status()).message);
  },
  'deletion without a name': async (world) => {
    await deletion(world, '');
    return deletionOutcome(world);
  },
  'deletion of a backup in a location that is read-only': async (world) => {
    await location(world, 'own', {});
    await world.backup('b', { includedNamespaces: [await world.open('shop')], storageLocation: world.name('own') });
    await world.client.patch(world.ref(kinds.locations, world.name('own')), 'merge', { spec: { accessMode: 'ReadOnly' } });
    await deletion(world);
    return deletionOutcome(world);
  },
  'deletion of a backup in a location that does not answer': async (world) => {
    await location(world, 'own', {});
    await world.backup('b', { includedNamespaces: [await world.open('shop')], storageLocation: world.name('own') });
    await stopAnswering(world, 'own');
    await deletion(world);
    return deletionOutcome(world);
  },
  'deletion of a backup whose location is gone': async (world) => {
    await world.backup('b', { includedNamespaces: ['default'], storageLocation: 'nowhere' });
    await deletion(world);
    return deletionOutcome(world);
  },
  'deletion request goes with the backup': async (world) => {
    await backedUp(world);
    await deletion(world);
    await eventually(async () => !(await exists(world.client, world.ref(kinds.backups, world.name('b')))), 'the backup went', 30_000);
    await eventually(async () => !(await exists(world.client, world.ref(kinds.deletions, world.name('d')))), 'the request went', 30_000);
    return 'gone';
  },
  'restore that is deleted takes its files along': async (world) => {
    const shop = await backedUp(world);
    await world.restore('r', { backupName: world.name('b'), namespaceMapping: { [shop]: world.name('copy') } });
    const ref = world.ref(kinds.restores, world.name('r'));
    const { finalizers } = (await world.client.get(ref)).metadata;
    await world.client.delete(ref);
    await eventually(async () => !(await exists(world.client, ref)), 'the restore went', 30_000);
    return { finalizers };
  },
  'artefact of what is not there': async (world) => world.unanswered('BackupLog', world.name('absent')),
  'artefact of a restore whose backup is gone': async (world) => {
    await world.restore('r', { backupName: 'absent' });
    return world.unanswered('RestoreLog', world.name('r'));
  },
  'artefact that was never made': async (world) => {
    await world.backup('b', { includedNamespaces: ['default'], storageLocation: world.name('own') });
    await location(world, 'own', {});
    return { log: (await world.artefact('BackupLog', world.name('b'))) ?? 'nothing' };
  },
};
