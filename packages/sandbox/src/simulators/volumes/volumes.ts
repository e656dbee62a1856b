import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { matches } from '@kubectl-dr/core/application/selector';
import { at, listAt, recordAt, textAt, textsAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller, Key } from '../controller.ts';
import { keyOf, own } from '../controller.ts';
import { find, ifThere } from '../find.ts';
import { quantity } from '@kubectl-dr/core/planning/quantity';
import { snapshotKinds } from './snapshot-kinds.ts';
import type { Files, VolumeStore } from './volume-store.ts';

const claims = types.persistentVolumeClaims;
const volumes = types.persistentVolumes;
const { snapshots, snapshotContents } = snapshotKinds;
/** When a claim looks again for the snapshot that it waits for, milliseconds. */
const sourceAgain = 500;
export const defaultClass = 'storageclass.kubernetes.io/is-default-class';

/** Binds claims to volumes, makes volumes for classes, and removes them when their claim is gone. */
export function volumeControllers(cluster: ControlledCluster, store: VolumeStore): Controller[] {
  return [
    {
      name: 'claims',
      watches: [
        own(claims),
        { type: volumes, keys: ({ spec }) => claimOf(spec) },
        { type: types.pods, keys: (pod) => claimNames(pod).map((name) => ({ namespace: pod.metadata.namespace!, name })) },
      ],
      reconcile: (key) => bindClaim(cluster, store, key),
    },
    {
      name: 'pending claims',
      // A new volume or class may be what any waiting claim waited for.
      watches: [
        { type: types.storageClasses, keys: () => [{ name: 'all' }] },
        { type: volumes, keys: (volume) => (at(volume, 'spec', 'claimRef') ? [] : [{ name: 'all' }]) },
      ],
      async reconcile() {
        const { items } = await cluster.list(claims);
        for (const claim of items) if (textAt(claim, 'status', 'phase') !== 'Bound') await bindClaim(cluster, store, keyOf(claim));
      },
    },
    {
      name: 'volumes',
      watches: [
        own(volumes),
        { type: claims, keys: (claim) => [textAt(claim, 'spec', 'volumeName')].filter(Boolean).map((name) => ({ name })) },
      ],
      reconcile: (key) => reclaim(cluster, store, key),
    },
  ];
}

function claimOf(spec: unknown): Key[] {
  const name = textAt(spec, 'claimRef', 'name');
  return name === '' ? [] : [{ namespace: textAt(spec, 'claimRef', 'namespace'), name }];
}

/** Names of the claims that a pod mounts. */
export function claimNames(pod: unknown): string[] {
  return listAt(pod, 'spec', 'volumes')
    .map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName'))
    .filter((name) => name !== '');
}

async function bindClaim(cluster: ControlledCluster, store: VolumeStore, { namespace, name }: Key): Promise<number | void> {
  const claim = await find(cluster, { type: claims, namespace: namespace!, name });
  if (claim === undefined || claim.metadata.deletionTimestamp !== undefined || textAt(claim, 'status', 'phase') === 'Bound') return;
  const volume = await volumeFor(cluster, store, claim);
  if (volume === undefined) {
    if (textAt(claim, 'status', 'phase') === '') await cluster.patchStatus(refOf(claim), { phase: 'Pending' });
    return textAt(claim, 'spec', 'dataSource', 'kind') === 'VolumeSnapshot' ? sourceAgain : undefined;
  }
  const { name: volumeName } = volume.metadata;
  await cluster.patch({ type: volumes, name: volumeName }, 'merge', {
    spec: { claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid: claim.metadata.uid } },
  });
  await cluster.patchStatus({ type: volumes, name: volumeName }, { phase: 'Bound' });
  const annotations = {
    'pv.kubernetes.io/bind-completed': 'yes',
    ...(textAt(claim, 'spec', 'volumeName') === '' && { 'pv.kubernetes.io/bound-by-controller': 'yes' }),
  };
  // A claim that named no class has the default one from now on, as every bound claim of a real cluster has one.
  const assigned = at(claim, 'spec', 'storageClassName') === undefined && { storageClassName: textAt(volume, 'spec', 'storageClassName') };
  await cluster.patch(refOf(claim), 'merge', { metadata: { annotations }, spec: { volumeName, ...assigned } });
  await cluster.patchStatus(refOf(claim), {
    phase: 'Bound',
    accessModes: textsAt(claim, 'spec', 'accessModes'),
    capacity: { storage: textAt(volume, 'spec', 'capacity', 'storage') },
  });
  const expected = store.takeExpected({ namespace: namespace!, name });
  // A claim that asks for a disk by name gets it as it is.
  if (expected !== undefined && textAt(claim, 'spec', 'volumeName') === '')
    store.write(volumeName, { ...store.read(volumeName), ...expected });
  else if (store.read(volumeName) === undefined) store.write(volumeName, {});
}

/** The volume that a claim names, one that fits, or a new one; undefined while the claim has to wait. */
async function volumeFor(cluster: ControlledCluster, store: VolumeStore, claim: KubeObject): Promise<KubeObject | undefined> {
  const named = textAt(claim, 'spec', 'volumeName');
  if (named !== '') {
    const volume = await find(cluster, { type: volumes, name: named });
    return volume !== undefined && isFreeFor(volume, claim) ? volume : undefined;
  }
  const wanted = at(claim, 'spec', 'storageClassName');
  const classes = (await cluster.list(types.storageClasses)).items;
  const usual = classes.find((item) => item.metadata.annotations?.[defaultClass] === 'true');
  const className = typeof wanted === 'string' ? wanted : (usual?.metadata.name ?? '');
  const { items } = await cluster.list(volumes);
  const fitting = items
    .filter((volume) => isFreeFor(volume, claim) && fits(volume, claim, className))
    .sort((a, b) => Number(isReserved(b)) - Number(isReserved(a)) || sizeOfVolume(a) - sizeOfVolume(b));
  if (fitting[0] !== undefined) return fitting[0];
  const storageClass = classes.find((item) => item.metadata.name === className);
  if (storageClass === undefined || storageClass.provisioner === 'kubernetes.io/no-provisioner') return undefined;
  const copied = await sourceOf(cluster, store, claim);
  if (copied === 'not there') return undefined;
  if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !(await hasConsumer(cluster, claim))) return undefined;
  const made = await provision(cluster, claim, storageClass);
  if (copied !== undefined && store.read(made.metadata.name) === undefined) store.write(made.metadata.name, copied);
  return made;
}

/** The files that a new volume starts with when the claim asks for those of a snapshot. */
async function sourceOf(cluster: ControlledCluster, store: VolumeStore, claim: KubeObject): Promise<Files | 'not there' | undefined> {
  if (textAt(claim, 'spec', 'dataSource', 'kind') !== 'VolumeSnapshot') return undefined;
  const name = textAt(claim, 'spec', 'dataSource', 'name');
  const snapshot = await find(cluster, { type: snapshots, namespace: claim.metadata.namespace!, name });
  if (at(snapshot, 'status', 'readyToUse') !== true) return 'not there';
  const content = await find(cluster, { type: snapshotContents, name: textAt(snapshot, 'status', 'boundVolumeSnapshotContentName') });
  const isBound = textAt(content, 'spec', 'volumeSnapshotRef', 'uid') === snapshot?.metadata.uid;
  return (isBound ? store.snapshot(textAt(content, 'status', 'snapshotHandle')) : undefined) ?? 'not there';
}

async function hasConsumer(cluster: ControlledCluster, { metadata: { namespace, name } }: KubeObject): Promise<boolean> {
  const { items } = await cluster.list(types.pods, { namespace: namespace! });
  return items.some((pod) => claimNames(pod).includes(name));
}

function isFreeFor(volume: KubeObject, claim: KubeObject): boolean {
  const reference = recordAt(volume, 'spec', 'claimRef');
  if (reference.name === undefined) return true;
  const { namespace, name, uid } = claim.metadata;
  return (
    reference.name === name &&
    reference.namespace === namespace &&
    (reference.uid === undefined || reference.uid === '' || reference.uid === uid)
  );
}

function isReserved(volume: KubeObject): boolean {
  return at(volume, 'spec', 'claimRef') !== undefined;
}

function sizeOfVolume(volume: KubeObject): number {
  return quantity(at(volume, 'spec', 'capacity', 'storage'));
}

function fits(volume: KubeObject, claim: KubeObject, className: string): boolean {
  const modes = textsAt(volume, 'spec', 'accessModes');
  const wantedLabels = recordAt(claim, 'spec', 'selector', 'matchLabels');
  const requirements = Object.entries(wantedLabels).map(([key, value]) => ({ key, operator: 'in' as const, values: [String(value)] }));
  return (
    textAt(volume, 'spec', 'storageClassName') === className &&
    sizeOfVolume(volume) >= quantity(at(claim, 'spec', 'resources', 'requests', 'storage')) &&
    textsAt(claim, 'spec', 'accessModes').every((mode) => modes.includes(mode)) &&
    matches(requirements, volume.metadata.labels)
  );
}

async function provision(cluster: ControlledCluster, claim: KubeObject, storageClass: KubeObject): Promise<KubeObject> {
  const { namespace, name, uid } = claim.metadata;
  const provisioner = textAt(storageClass, 'provisioner');
  const volumeName = `pvc-${uid}`;
  const known = await find(cluster, { type: volumes, name: volumeName });
  if (known !== undefined) return known;
  return cluster.create(volumes, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      accessModes: textsAt(claim, 'spec', 'accessModes'),
      capacity: { storage: at(claim, 'spec', 'resources', 'requests', 'storage') ?? '1Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      // A provisioner inside Kubernetes: nobody's CSI driver.
      ...(provisioner.startsWith('kubernetes.io/')
        ? { awsElasticBlockStore: { volumeID: volumeName, fsType: 'ext4' } }
        : { csi: { driver: provisioner, volumeHandle: volumeName } }),
      persistentVolumeReclaimPolicy: textAt(storageClass, 'reclaimPolicy') || 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: 'Filesystem',
    },
  });
}

/** Tells a volume's state, and lets go of one whose claim is gone. */
async function reclaim(cluster: ControlledCluster, store: VolumeStore, { name }: Key): Promise<void> {
  const ref: ObjectRef = { type: volumes, name };
  const volume = await find(cluster, ref);
  if (volume === undefined) return store.remove(name);
  const [claimKey] = claimOf(volume.spec);
  const phase = textAt(volume, 'status', 'phase');
  if (claimKey === undefined) {
    if (phase !== 'Available') await cluster.patchStatus(ref, { phase: 'Available' });
    return;
  }
  const uid = textAt(volume, 'spec', 'claimRef', 'uid');
  // Reserved, never bound: `isFreeFor` and the claim decide.
  if (uid === '') return phase === 'Available' ? undefined : void (await cluster.patchStatus(ref, { phase: 'Available' }));
  const claim = await find(cluster, { type: claims, namespace: claimKey.namespace!, name: claimKey.name });
  if (claim?.metadata.uid === uid) return;
  // A volume that says of itself that it is bound is not let go of by a real server.
  if (phase !== 'Released') await cluster.patchStatus(ref, { phase: 'Released' });
  if (textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete') await ifThere(cluster.delete(ref));
}

function refOf({ metadata: { namespace, name } }: KubeObject): ObjectRef {
  return { type: claims, namespace: namespace!, name };
}
