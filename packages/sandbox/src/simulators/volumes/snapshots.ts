import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, textAt } from '../../api/json.ts';
import { timestamp } from '../../api/writer.ts';
import type { Controller, Key } from '../controller.ts';
import { own } from '../controller.ts';
import { find, ifThere } from '../find.ts';
import { groupSnapshotController } from './group-snapshots.ts';
import { quantity } from '@kubectl-dr/core/planning/quantity';
import { type SnapshotOptions, tellContent } from './snapshot-content.ts';
import { snapshotKinds } from './snapshot-kinds.ts';

const { snapshots, snapshotContents: contents, snapshotClasses: classes } = snapshotKinds;

/**
 * The snapshot controller and the sidecar of the driver in one: takes snapshots of claims, binds those that name a content
 * of their own, and deletes data as the deletion policy says.
 */
export function snapshotControllers(options: SnapshotOptions): Controller[] {
  return [
    {
      name: 'snapshots',
      watches: [own(snapshots), { type: contents, keys: ({ spec }) => [refKey(spec)] }],
      reconcile: (key) => reconcile(options, key),
    },
    groupSnapshotController(options),
  ];
}

function refKey(spec: unknown): Key {
  return { namespace: textAt(spec, 'volumeSnapshotRef', 'namespace'), name: textAt(spec, 'volumeSnapshotRef', 'name') };
}

async function reconcile(options: SnapshotOptions, key: Key): Promise<void> {
  const ref: ObjectRef = { type: snapshots, namespace: key.namespace!, name: key.name };
  const snapshot = await find(options.cluster, ref);
  if (snapshot === undefined) return reclaim(options, key);
  const status = snapshot.status as Record<string, unknown> | undefined;
  // A member of a group is bound by its group.
  if (status?.readyToUse === true || snapshot.metadata.ownerReferences?.some(({ kind }) => kind === 'VolumeGroupSnapshot')) return;
  const content = await contentFor(options, snapshot);
  if (typeof content === 'string') {
    const error = { message: content, time: timestamp(options.clock) };
    if (textAt(snapshot, 'status', 'error', 'message') !== content) await options.cluster.patchStatus(ref, { error, readyToUse: false });
    return;
  }
  await bind(options, snapshot, content);
}

/** A text: why there is none. */
async function contentFor(options: SnapshotOptions, snapshot: KubeObject): Promise<KubeObject | string> {
  const { cluster } = options;
  const { namespace, name, uid } = snapshot.metadata;
  const given = textAt(snapshot, 'spec', 'source', 'volumeSnapshotContentName');
  if (given !== '') {
    const content = await find(cluster, { type: contents, name: given });
    if (content === undefined) return 'VolumeSnapshotContent is missing';
    const ref = { type: contents, name: given };
    const owner = refKey(content.spec);
    if (owner.namespace !== namespace || owner.name !== name) return `VolumeSnapshotContent ${given} is bound to a different snapshot`;
    if (textAt(content, 'spec', 'volumeSnapshotRef', 'uid') === uid) return content;
    return cluster.patch(ref, 'merge', { spec: { volumeSnapshotRef: { uid } } });
  }
  const contentName = `snapcontent-${uid}`;
  const known = await find(cluster, { type: contents, name: contentName });
  if (known !== undefined) return known;
  const claimName = textAt(snapshot, 'spec', 'source', 'persistentVolumeClaimName');
  const claim = await find(cluster, { type: types.persistentVolumeClaims, namespace: namespace!, name: claimName });
  if (claim === undefined)
    return `Failed to create snapshot content with error snapshot controller failed to update ${name} on API server: cannot get claim from snapshot: failed to retrieve PVC ${claimName} from the lister: "persistentvolumeclaim "${claimName}" not found"`;
  const volumeName = textAt(claim, 'spec', 'volumeName');
  if (volumeName === '') return `the PVC ${claimName} is not yet bound to a PV, will not attempt to take a snapshot`;
  const volume = await find(cluster, { type: types.persistentVolumes, name: volumeName });
  const driver = textAt(volume, 'spec', 'csi', 'driver');
  const className = textAt(snapshot, 'spec', 'volumeSnapshotClassName');
  const snapshotClass = className === '' ? await usualClass(options, driver) : await find(cluster, { type: classes, name: className });
  if (snapshotClass === undefined) {
    const what =
      className === '' ? 'cannot find default snapshot class' : `volumesnapshotclass.snapshot.storage.k8s.io "${className}" not found`;
    return `Failed to get snapshot class with error ${what}`;
  }
  if (textAt(snapshotClass, 'driver') !== driver)
    return `Failed to create snapshot content: driver of the class ${snapshotClass.metadata.name} does not match ${driver || 'the volume'}`;
  return cluster.create(contents, contentOf(snapshot, claim, snapshotClass, contentName, volumeName));
}

async function usualClass({ cluster }: SnapshotOptions, driver: string): Promise<KubeObject | undefined> {
  const { items } = await cluster.list(classes);
  return items.find(
    (item) =>
      textAt(item, 'driver') === driver && item.metadata.annotations?.['snapshot.storage.kubernetes.io/is-default-class'] === 'true',
  );
}

function contentOf(snapshot: KubeObject, claim: KubeObject, snapshotClass: KubeObject, name: string, volumeHandle: string): KubeObject {
  return {
    apiVersion: apiVersionOf(contents),
    kind: contents.kind,
    metadata: { name },
    spec: {
      deletionPolicy: at(snapshotClass, 'deletionPolicy'),
      driver: at(snapshotClass, 'driver'),
      source: { volumeHandle },
      sourceVolumeMode: textAt(claim, 'spec', 'volumeMode') || 'Filesystem',
      volumeSnapshotClassName: snapshotClass.metadata.name,
      volumeSnapshotRef: {
        apiVersion: apiVersionOf(snapshots),
        kind: snapshots.kind,
        namespace: snapshot.metadata.namespace,
        name: snapshot.metadata.name,
        uid: snapshot.metadata.uid,
      },
    },
  };
}

/** Cuts the snapshot where that was not done yet, and tells both objects. Disks of the simulation are named like their volumes. */
async function bind({ cluster, volumes, clock }: SnapshotOptions, { metadata }: KubeObject, content: KubeObject): Promise<void> {
  const volume = textAt(content, 'spec', 'source', 'volumeHandle');
  const given = textAt(content, 'spec', 'source', 'snapshotHandle') || textAt(content, 'status', 'snapshotHandle');
  const snapshotHandle = given || volumes.takeSnapshot(volumes.read(volume) ?? {});
  const claim = await find(cluster, { type: types.persistentVolumes, name: volume });
  const restoreSize = quantity(at(claim, 'spec', 'capacity', 'storage'));
  const time = timestamp(clock);
  await tellContent(cluster, content, { snapshotHandle, readyToUse: true, creationTime: Date.parse(time) * 1e6, restoreSize });
  await cluster.patchStatus(
    { type: snapshots, namespace: metadata.namespace!, name: metadata.name },
    {
      boundVolumeSnapshotContentName: content.metadata.name,
      creationTime: time,
      readyToUse: true,
      ...(restoreSize > 0 && { restoreSize: String(restoreSize) }),
      error: null,
    },
  );
}

/** The snapshot is gone: what becomes of its content, and of the data behind it, its policy says. */
async function reclaim({ cluster, volumes }: SnapshotOptions, { namespace, name }: Key): Promise<void> {
  const { items } = await cluster.list(contents);
  for (const content of items) {
    const owner = refKey(content.spec);
    if (owner.namespace !== namespace || owner.name !== name || textAt(content, 'spec', 'volumeSnapshotRef', 'uid') === '') continue;
    if (textAt(content, 'spec', 'deletionPolicy') !== 'Delete') continue;
    volumes.removeSnapshot(textAt(content, 'status', 'snapshotHandle') || textAt(content, 'spec', 'source', 'snapshotHandle'));
    await ifThere(cluster.delete({ type: contents, name: content.metadata.name }));
  }
}
