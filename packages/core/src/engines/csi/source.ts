import { labels } from '../../application/model.ts';
import { at, textAt } from '../../application/raw.ts';
import { DrError, InputError, NotFoundError } from '../../errors.ts';
import type { RestoreRequest } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import { createOnce } from '../create-once.ts';
import { namespaceOwner } from '../namespace-owner.ts';
import { boundedName } from '../bounded-name.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import type { VolumeSnapshotContentSpec, VolumeSnapshotSpec } from './types.generated.ts';

/**
 * The content behind a snapshot, believed only when it points back: a status can be written by more people than a
 * content. Undefined where contents may not be seen.
 */
export async function contentOf(
  snapshot: KubeObject,
  { cluster, signal }: Pick<EngineContext, 'cluster' | 'signal'>,
): Promise<KubeObject | undefined> {
  const { namespace, name, uid } = snapshot.metadata;
  const about = `VolumeSnapshot ${namespace}/${name} on ${cluster.name}`;
  const bound = textAt(snapshot, 'status', 'boundVolumeSnapshotContentName');
  if (bound === undefined) throw new InputError(`${about} has no content yet`, { cluster: cluster.name });
  let content: KubeObject;
  try {
    content = await cluster.get({ type: snapshotKinds.contents, name: bound }, signal ? { signal } : {});
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return undefined;
    if (!(error instanceof NotFoundError)) throw error;
    throw new NotFoundError(`the VolumeSnapshotContent ${bound} of ${about} is gone, and its data with it`, {
      cluster: cluster.name,
      hint: 'choose another point: kubectl dr get points',
    });
  }
  const owner = at(content, 'spec', 'volumeSnapshotRef');
  if (textAt(owner, 'namespace') === namespace && textAt(owner, 'name') === name && textAt(owner, 'uid') === uid) return content;
  throw new InputError(`the VolumeSnapshotContent ${bound} does not belong to ${about}, which names it`, { cluster: cluster.name });
}

/**
 * A snapshot can be used in its own namespace alone. For another one, the same data is offered there under a content of
 * its own: with the policy Retain, so that nothing that happens to it touches the data, and owned by that namespace, so that
 * it goes with it. Gives the snapshot's name.
 */
export async function offerBeside(
  context: EngineContext,
  snapshot: KubeObject,
  request: Pick<RestoreRequest, 'name' | 'labels' | 'annotations'>,
): Promise<string> {
  const { cluster, namespace } = context;
  const content = await contentOf(snapshot, context);
  const snapshotHandle = textAt(content, 'status', 'snapshotHandle') ?? textAt(content, 'spec', 'source', 'snapshotHandle');
  const driver = textAt(content, 'spec', 'driver');
  const source = `VolumeSnapshot ${snapshot.metadata.namespace}/${snapshot.metadata.name} on ${cluster.name}`;
  if (snapshotHandle === undefined || driver === undefined) {
    throw new InputError(`the handle of ${source} in its storage cannot be read, without which it cannot be used in ${namespace}`, {
      cluster: cluster.name,
      hint: 'ask for the right to get and create volumesnapshotcontents.snapshot.storage.k8s.io',
    });
  }
  const name = boundedName(request.name, textAt(snapshot, 'spec', 'source', 'persistentVolumeClaimName') ?? snapshot.metadata.name);
  const contentName = boundedName(namespace, name);
  const sourceVolumeMode = textAt(content, 'spec', 'sourceVolumeMode');
  const contentSpec: VolumeSnapshotContentSpec = {
    deletionPolicy: 'Retain',
    driver,
    source: { snapshotHandle },
    volumeSnapshotRef: { apiVersion: apiVersionOf(snapshotKinds.snapshots), kind: snapshotKinds.snapshots.kind, namespace, name },
    ...(sourceVolumeMode !== undefined && { sourceVolumeMode }),
  };
  const spec: VolumeSnapshotSpec = { source: { volumeSnapshotContentName: contentName } };
  const owner = await namespaceOwner(context, namespace);
  const marked = { labels: { ...request.labels, [labels.restore]: request.name }, annotations: request.annotations };
  await createOnce(context, snapshotKinds.contents, {
    apiVersion: apiVersionOf(snapshotKinds.contents),
    kind: snapshotKinds.contents.kind,
    metadata: { name: contentName, ...marked, ...(typeof owner === 'object' && { ownerReferences: [owner] }) },
    spec: contentSpec,
  });
  await createOnce(context, snapshotKinds.snapshots, {
    apiVersion: apiVersionOf(snapshotKinds.snapshots),
    kind: snapshotKinds.snapshots.kind,
    metadata: { name, namespace, ...marked },
    spec,
  });
  return name;
}
