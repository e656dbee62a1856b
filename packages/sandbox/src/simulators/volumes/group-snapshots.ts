import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf, types } from '@kubectl-dr/core/ports/kubernetes';
import { at, recordAt, textAt } from '../../api/json.ts';
import { timestamp } from '../../api/writer.ts';
import type { Controller, Key } from '../controller.ts';
import { own } from '../controller.ts';
import { find, ifThere } from '../find.ts';
import { quantity } from '@kubectl-dr/core/planning/quantity';
import { snapshotKinds } from './snapshot-kinds.ts';
import { type SnapshotOptions, tellContent } from './snapshot-content.ts';

const {
  groupSnapshots: groups,
  groupSnapshotContents: contents,
  groupSnapshotClasses: classes,
  snapshots,
  snapshotContents,
} = snapshotKinds;

/** Takes all claims that a selector finds at one instant, and makes a snapshot for each, which belongs to the group. */
export function groupSnapshotController(options: SnapshotOptions): Controller {
  return { name: 'group snapshots', watches: [own(groups)], reconcile: (key) => reconcile(options, key) };
}

async function reconcile(options: SnapshotOptions, { namespace, name }: Key): Promise<void> {
  const { cluster, clock } = options;
  const ref: ObjectRef = { type: groups, namespace: namespace!, name };
  const group = await find(cluster, ref);
  if (group === undefined) return reclaim(options, namespace!, name);
  if (at(group, 'status', 'readyToUse') === true) return;
  const time = timestamp(clock);
  const made = await capture(options, group, time);
  if (typeof made !== 'string') {
    await cluster.patchStatus(ref, { boundVolumeGroupSnapshotContentName: made.metadata.name, creationTime: time, readyToUse: true });
    return;
  }
  if (textAt(group, 'status', 'error', 'message') !== made)
    await cluster.patchStatus(ref, { error: { message: made, time }, readyToUse: false });
}

/** The content of the group with its members; a text: why there is none. */
async function capture(options: SnapshotOptions, group: KubeObject, time: string): Promise<KubeObject | string> {
  const { cluster, volumes } = options;
  const { namespace, name, uid } = group.metadata;
  const wanted = recordAt(group, 'spec', 'source', 'selector', 'matchLabels');
  const labelSelector = Object.entries(wanted)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
  const { items: claims } = await cluster.list(types.persistentVolumeClaims, { namespace: namespace!, labelSelector });
  if (claims.length === 0) return `label selector ${labelSelector} for group snapshot not applied to any PVC`;
  const unbound = claims.find((claim) => textAt(claim, 'status', 'phase') !== 'Bound');
  if (unbound) return `the PVC ${unbound.metadata.name} is not yet bound to a PV, will not attempt to take a group snapshot`;
  const groupClass = await find(cluster, { type: classes, name: textAt(group, 'spec', 'volumeGroupSnapshotClassName') });
  if (groupClass === undefined) return 'failed to get input parameters to create group snapshot: the class was not found';
  // One instant: all are read before anything else happens.
  const taken = claims.map((claim) => {
    const volume = textAt(claim, 'spec', 'volumeName');
    return { claim, volume, handle: volumes.takeSnapshot(volumes.read(volume) ?? {}) };
  });
  const content: KubeObject = {
    apiVersion: apiVersionOf(contents),
    kind: contents.kind,
    metadata: { name: `groupsnapcontent-${uid}` },
    spec: {
      deletionPolicy: at(groupClass, 'deletionPolicy'),
      driver: at(groupClass, 'driver'),
      source: { volumeHandles: taken.map(({ volume }) => volume) },
      volumeGroupSnapshotClassName: groupClass.metadata.name,
      volumeGroupSnapshotRef: { apiVersion: group.apiVersion, kind: group.kind, namespace, name, uid },
    },
  };
  const made = await cluster.create(contents, content);
  await cluster.patchStatus({ type: contents, name: made.metadata.name }, { readyToUse: true, creationTime: time });
  for (const member of taken) await addMember(options, group, groupClass, member, time);
  return made;
}

async function addMember(
  { cluster }: SnapshotOptions,
  group: KubeObject,
  groupClass: KubeObject,
  { claim, volume, handle }: { claim: KubeObject; volume: string; handle: string },
  time: string,
): Promise<void> {
  const { namespace, name: groupName, uid } = group.metadata;
  const name = `snapshot-${uid}-${claim.metadata.uid}`;
  const snapshot = await cluster.create(snapshots, {
    apiVersion: apiVersionOf(snapshots),
    kind: snapshots.kind,
    metadata: {
      name,
      namespace: namespace!,
      ownerReferences: [{ apiVersion: group.apiVersion, kind: group.kind, name: groupName, uid: uid! }],
    },
    spec: { source: { persistentVolumeClaimName: claim.metadata.name } },
  });
  const content = await cluster.create(snapshotContents, {
    apiVersion: apiVersionOf(snapshotContents),
    kind: snapshotContents.kind,
    metadata: { name: `snapcontent-${snapshot.metadata.uid}` },
    spec: {
      deletionPolicy: at(groupClass, 'deletionPolicy'),
      driver: at(groupClass, 'driver'),
      source: { volumeHandle: volume },
      sourceVolumeMode: 'Filesystem',
      volumeSnapshotRef: { apiVersion: snapshot.apiVersion, kind: snapshots.kind, namespace, name, uid: snapshot.metadata.uid },
    },
  });
  const restoreSize = quantity(at(claim, 'status', 'capacity', 'storage'));
  await tellContent(cluster, content, {
    snapshotHandle: handle,
    readyToUse: true,
    creationTime: Date.parse(time) * 1e6,
    restoreSize,
    volumeGroupSnapshotHandle: `group-${uid}`,
  });
  await cluster.patchStatus(
    { type: snapshots, namespace: namespace!, name },
    {
      boundVolumeSnapshotContentName: content.metadata.name,
      creationTime: time,
      readyToUse: true,
      restoreSize: String(restoreSize),
      volumeGroupSnapshotName: groupName,
    },
  );
}

/** Members go with their group. */
async function reclaim({ cluster }: SnapshotOptions, namespace: string, name: string): Promise<void> {
  const { items: members } = await cluster.list(snapshots, { namespace });
  for (const { metadata } of members) {
    if (!metadata.ownerReferences?.some((owner) => owner.kind === groups.kind && owner.name === name)) continue;
    await ifThere(cluster.delete({ type: snapshots, namespace, name: metadata.name }));
  }
  const { items } = await cluster.list(contents);
  for (const content of items) {
    const owner = recordAt(content, 'spec', 'volumeGroupSnapshotRef');
    if (owner.namespace !== namespace || owner.name !== name || textAt(content, 'spec', 'deletionPolicy') !== 'Delete') continue;
    await ifThere(cluster.delete({ type: contents, name: content.metadata.name }));
  }
}
