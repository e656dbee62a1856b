import { keepLabel, kinds } from '@kubectl-dr/core/engines/volsync/kinds';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, equal, recordAt, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller, Key } from '../controller.ts';
import { own } from '../controller.ts';
import { age, definition } from '../definition.ts';
import type { Durations } from '../durations.ts';
import { find, ifThere } from '../find.ts';
import { driver } from '../hardware.ts';
import { snapshotKinds } from '../volumes/snapshot-kinds.ts';
import type { Files, VolumeStore } from '../volumes/volume-store.ts';
import { copyTriggered } from './copy-trigger.ts';
import type { Moved } from './machine.ts';
import { instant, run } from './machine.ts';
import type { Between, ResticSnapshot } from './repositories.ts';

export interface VolSyncOptions {
  cluster: ControlledCluster;
  clock: Clock;
  volumes: VolumeStore;
  durations: Pick<Durations, 'dataMovement'>;
  between: Between;
  /** When something that stands in the way is looked at again, milliseconds; default: 500. */
  again?: number;
  /** The controller is not there; may be changed at any time. */
  behaviour?: { down?: boolean };
}

const aMoment = 500;

/**
 * VolSync with the movers restic and rsync-TLS, as an ordinary controller: what it copies are the files of simulated volumes, read
 * when a sync begins, kept in a repository or handed to who listens, and left at the target as a snapshot.
 */
export function volsyncControllers(options: VolSyncOptions): Controller[] {
  const memory: Memory = { copies: new Map(), volumes: new Map(), arrived: new Map() };
  const { cluster, clock } = options;
  const controller = (name: 'sources' | 'destinations', move: (object: KubeObject, started: Date) => Promise<Moved>): Controller => ({
    name: `volsync ${name}`,
    watches: [own(kinds[name])],
    async reconcile({ namespace, name: called }: Key) {
      if (options.behaviour?.down) return options.again ?? aMoment;
      const ref = { type: kinds[name], name: called, namespace: namespace! };
      const object = await find(cluster, ref);
      if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
      const step = await run(object, clock, (started) => move(object, started));
      const news = Object.entries(step.status).filter(([field, value]) => !equal(at(object, 'status', field) ?? null, value));
      if (news.length > 0) await cluster.patchStatus(ref, Object.fromEntries(news));
      return step.again;
    },
  });
  return [
    controller('sources', (object, started) => push(options, memory, object, started)),
    controller('destinations', (object, started) => pull(options, memory, object, started)),
  ];
}

interface Memory {
  /** Of sources whose sync runs, by uid: the copy of the volume that was cut when it began. */
  copies: Map<string, Files>;
  /** Of destinations, by uid: the volume that each sync writes again. */
  volumes: Map<string, Files>;
  /** Of destinations that listen, by uid: what was handed to them. */
  arrived: Map<string, Files>;
}

async function push(options: VolSyncOptions, memory: Memory, object: KubeObject, started: Date): Promise<Moved> {
  const { cluster, clock, volumes, between, again = aMoment } = options;
  const uid = object.metadata.uid!;
  const namespace = object.metadata.namespace!;
  const claim = await find(cluster, { type: types.persistentVolumeClaims, name: textAt(object, 'spec', 'sourcePVC'), namespace });
  if (claim === undefined) return { done: false, error: `PersistentVolumeClaim "${textAt(object, 'spec', 'sourcePVC')}" not found`, again };
  if (!memory.copies.has(uid)) {
    if (!(await copyTriggered(cluster, claim, clock))) return { done: false, again };
    const files = volumes.read(textAt(claim, 'spec', 'volumeName'));
    if (files === undefined) return { done: false, again };
    memory.copies.set(uid, files);
  }
  const wait = mayEnd(options, object, started);
  if (wait !== undefined) return wait;
  const files = memory.copies.get(uid)!;
  if (at(object, 'spec', 'restic') !== undefined) {
    const repository = await openRepository(options, object, true);
    if (!('snapshots' in repository)) return repository;
    repository.snapshots.push({ id: Math.random().toString(16).slice(2, 10).padEnd(8, '0'), time: clock.now(), files });
    memory.copies.delete(uid);
    return { done: true, logs: `Added to the repository: ${Object.keys(files).length} files\nRestic completed in 1s` };
  }
  const key = await keyOf(options, namespace, textAt(object, 'spec', 'rsyncTLS', 'keySecret'));
  if (typeof key !== 'string') return key;
  const failed = between.send(textAt(object, 'spec', 'rsyncTLS', 'address'), key, files);
  if (failed !== undefined) return { done: false, failed, again };
  memory.copies.delete(uid);
  return { done: true, logs: 'rsync completed in 1s' };
}

async function pull(options: VolSyncOptions, memory: Memory, object: KubeObject, started: Date): Promise<Moved> {
  const { cluster, between, clock, again = aMoment } = options;
  const uid = object.metadata.uid!;
  const { name, namespace } = object.metadata;
  if (at(object, 'spec', 'restic') !== undefined) {
    const wait = mayEnd(options, object, started);
    if (wait !== undefined) return wait;
    const repository = await openRepository(options, object, false);
    if (!('snapshots' in repository)) return repository;
    const asOf = textAt(object, 'spec', 'restic', 'restoreAsOf');
    const limit = asOf === '' ? Infinity : Date.parse(asOf);
    const skipped = Number(at(object, 'spec', 'restic', 'previous') ?? 0);
    const found = repository.snapshots.filter(({ time }) => time.getTime() <= limit).at(-1 - skipped);
    const kept = memory.volumes.get(uid) ?? {};
    const files = found ? { ...(at(object, 'spec', 'restic', 'enableFileDeletion') === true ? {} : kept), ...found.files } : kept;
    memory.volumes.set(uid, files);
    const image = await keepImage(options, object, files);
    const logs = found
      ? `restoring snapshot ${found.id} of [/data] at ${found.time.toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC by root@volsync to .\nRestic completed in 1s`
      : 'No eligible snapshots found\n=== No data will be restored ===\nRestic completed in 1s';
    return { done: true, logs, image };
  }
  const address = `${name}.${namespace}.${cluster.name}.invalid`;
  const keySecret = textAt(object, 'spec', 'rsyncTLS', 'keySecret') || (await ownKey(cluster, name, namespace!));
  const key = await keyOf(options, namespace!, keySecret);
  if (typeof key !== 'string') return key;
  if (textAt(object, 'status', 'rsyncTLS', 'address') === '')
    await cluster.patchStatus({ type: kinds.destinations, name, namespace: namespace! }, { rsyncTLS: { address, keySecret } });
  const arrived = memory.arrived.get(uid);
  if (arrived === undefined) {
    if (at(object, 'spec', 'paused') !== true) between.listen(address, key, (files) => memory.arrived.set(uid, files));
    return { done: false, again };
  }
  memory.arrived.delete(uid);
  const image = await keepImage(options, object, arrived);
  return { done: true, logs: `rsync completed at ${instant(clock.now())}`, image };
}

/** A mover that is paused runs no pod; one that runs takes its time. */
function mayEnd({ clock, durations }: VolSyncOptions, object: KubeObject, started: Date): Moved | undefined {
  if (at(object, 'spec', 'paused') === true) return { done: false };
  const left = started.getTime() + durations.dataMovement - clock.now().getTime();
  return left > 0 ? { done: false, again: left } : undefined;
}

/** A destination that is given no key makes one, which a person carries to the cluster of its source. */
async function ownKey(cluster: ControlledCluster, owner: string, namespace: string): Promise<string> {
  const name = `volsync-rsync-tls-${owner}`;
  if (await find(cluster, { type: types.secrets, name, namespace })) return name;
  const data = { 'psk.txt': btoa(`volsync:${crypto.randomUUID()}`) };
  await cluster.create(types.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data });
  return name;
}

async function keyOf({ cluster, again = aMoment }: VolSyncOptions, namespace: string, name: string): Promise<string | Moved> {
  const secret = await find(cluster, { type: types.secrets, name, namespace });
  if (secret === undefined) return { done: false, error: `Secret "${name}" not found`, again };
  return textAt(secret, 'data', 'psk.txt') || { done: false, error: 'secret should have fields: psk.txt', again };
}

async function openRepository(
  { cluster, between, again = aMoment }: VolSyncOptions,
  object: KubeObject,
  make: boolean,
): Promise<Moved | { snapshots: ResticSnapshot[] }> {
  const name = textAt(object, 'spec', 'restic', 'repository');
  const secret = await find(cluster, { type: types.secrets, name, namespace: object.metadata.namespace! });
  if (secret === undefined) return { done: false, error: `Secret "${name}" not found`, again };
  const [address, password] = ['RESTIC_REPOSITORY', 'RESTIC_PASSWORD'].map((key) => atob(textAt(secret, 'data', key)));
  if (!address || !password) return { done: false, error: 'secret should have fields: RESTIC_REPOSITORY, RESTIC_PASSWORD', again };
  const snapshots = between.open(address, password, make);
  return typeof snapshots === 'string' ? { done: false, failed: snapshots, again } : { snapshots };
}

/** The image of a sync; the one before goes, unless somebody asked to keep it. */
async function keepImage({ cluster, volumes, clock }: VolSyncOptions, object: KubeObject, files: Files): Promise<Record<string, string>> {
  const { namespace, name: owner, uid } = object.metadata;
  const name = `volsync-${owner}-dest-${instant(clock.now()).replaceAll(/\D/g, '')}-${Math.random().toString(36).slice(2, 6)}`;
  const contentName = `${namespace}-${name}`;
  const before = textAt(object, 'status', 'latestImage', 'name');
  await cluster.create(snapshotKinds.snapshotContents, {
    apiVersion: apiVersionOf(snapshotKinds.snapshotContents),
    kind: snapshotKinds.snapshotContents.kind,
    metadata: { name: contentName },
    spec: {
      deletionPolicy: 'Delete',
      driver,
      source: { snapshotHandle: volumes.takeSnapshot(files) },
      volumeSnapshotRef: { apiVersion: apiVersionOf(snapshotKinds.snapshots), kind: 'VolumeSnapshot', namespace, name },
    },
  });
  await cluster.create(snapshotKinds.snapshots, {
    apiVersion: apiVersionOf(snapshotKinds.snapshots),
    kind: snapshotKinds.snapshots.kind,
    metadata: {
      name,
      namespace: namespace!,
      labels: { 'app.kubernetes.io/created-by': 'volsync' },
      ownerReferences: [
        {
          apiVersion: apiVersionOf(kinds.destinations),
          kind: kinds.destinations.kind,
          name: owner,
          uid: uid!,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { source: { volumeSnapshotContentName: contentName } },
  });
  if (before !== '') await dropImage(cluster, namespace!, before);
  return { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name };
}

async function dropImage(cluster: ControlledCluster, namespace: string, name: string): Promise<void> {
  const ref = { type: snapshotKinds.snapshots, namespace, name };
  const image = await find(cluster, ref);
  if (image === undefined) return;
  if (recordAt(image, 'metadata', 'labels')[keepLabel] === undefined) return ifThere(cluster.delete(ref));
  await cluster.patch(ref, 'merge', { metadata: { ownerReferences: null } });
}

/** Definitions of VolSync: names and columns of the real ones, open schemas. */
export function volsyncDefinitions(): KubeObject[] {
  const times: [string, string, string][] = [
    ['Last sync', '.status.lastSyncTime', 'string'],
    ['Duration', '.status.lastSyncDuration', 'string'],
    ['Next sync', '.status.nextSyncTime', 'string'],
  ];
  return [
    definition(kinds.sources, { columns: [['Source', '.spec.sourcePVC', 'string'], ...times, age], status: true }),
    definition(kinds.destinations, { columns: [...times, age], status: true }),
  ];
}
