import { labels } from '../../application/model.ts';
import { ConflictError, InputError, NotFoundError } from '../../errors.ts';
import type { BackupRequest } from '../../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import { boundedName } from '../bounded-name.ts';
import { createOnce } from '../create-once.ts';
import { type Capture, planCapture } from './capture.ts';
import { adoptMembers, groupOfPoint, readGroup, standingOfGroup } from './group.ts';
import { snapshotKinds } from '../snapshot-kinds.ts';
import { notServed } from './ping.ts';
import { setsOf, standingOf } from './point.ts';
import { claimNote, labelOf, notes } from './record.ts';
import type { VolumeGroupSnapshotSpec, VolumeSnapshotSpec } from './types.generated.ts';

/** Nobody says how long: as long as Velero keeps what nobody decided about, 30 days. Without any end they would never go. */
const usualLife = 30 * 24 * 3_600_000;

/** One VolumeSnapshot per claim, or one VolumeGroupSnapshot for all of them, which its controller makes the others from. */
export async function startBackup(context: EngineContext, request: BackupRequest): Promise<void> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  assertOwnNamespace(context, request.namespaces);
  if (request.volumes === 'none') throw new InputError('volume snapshots hold no objects: another engine has to capture the configuration');
  const point = labelOf(request.name);
  const begun = await snapshotsOf(context, point);
  const group = request.consistency === 'group' ? await readGroup(context, point) : undefined;
  for (const object of [...begun, ...(group ? [group] : [])]) assertOurs(object, request, context);
  // Everything else is its controller's.
  if (group) return;
  const capture = await planCapture(context, request);
  const blocker = capture.reasons.find(({ severity }) => severity === 'blocker');
  if (blocker) throw new InputError(blocker.message, { cluster: cluster.name, ...(blocker.fix !== undefined && { hint: blocker.fix }) });
  const missing = (request.claims ?? []).filter((name) => !capture.claims.some(({ claim }) => claim.metadata.name === name));
  if (missing.length > 0 || capture.claims.length === 0) {
    const what = missing.length > 0 ? missing.map((name) => `PersistentVolumeClaim ${namespace}/${name}`).join(', ') : namespace;
    throw new InputError(`${what} on ${cluster.name} has no volume of which a snapshot could be taken`, { cluster: cluster.name });
  }
  const keepFor = request.keepFor ?? usualLife;
  const metadata = {
    namespace,
    labels: { ...request.labels, [labels.point]: point },
    annotations: {
      ...request.annotations,
      [notes.claims]: JSON.stringify(capture.claims.map(({ claim }) => claim.metadata.name)),
      [notes.expires]: new Date((await cluster.now(options)).getTime() + keepFor).toISOString(),
      ...(request.labelSelector !== undefined && { [notes.selector]: request.labelSelector }),
    },
  };
  // What was begun one by one is ended so, whatever has become possible since.
  if (capture.group && begun.length === 0) return createGroup(context, point, metadata, { ...capture, group: capture.group });
  for (const { claim, snapshotClass } of capture.claims) {
    const spec: VolumeSnapshotSpec = {
      source: { persistentVolumeClaimName: claim.metadata.name },
      volumeSnapshotClassName: snapshotClass,
    };
    await createOnce(context, snapshotKinds.snapshots, {
      apiVersion: apiVersionOf(snapshotKinds.snapshots),
      kind: snapshotKinds.snapshots.kind,
      metadata: {
        ...metadata,
        name: boundedName(point, claim.metadata.name),
        annotations: { ...metadata.annotations, [notes.claim]: claimNote(claim) },
      },
      spec,
    });
  }
}

/** Its namespace is all that an engine without a server knows of. */
export function assertOwnNamespace({ namespace }: EngineContext, namespaces: readonly string[]): void {
  if (namespaces.length !== 1 || namespaces[0] !== namespace)
    throw new InputError(`snapshots are taken in one namespace at a time: ${namespace}, not ${namespaces.join(', ') || 'none'}`);
}

async function snapshotsOf(context: EngineContext, point: string): Promise<KubeObject[]> {
  const { cluster, namespace, signal } = context;
  const labelSelector = `${labels.point}=${point}`;
  const { items } = await cluster
    .list(snapshotKinds.snapshots, { namespace, labelSelector, ...(signal && { signal }) })
    .catch(notServed(context));
  return items;
}

function assertOurs({ metadata }: KubeObject, request: BackupRequest, { cluster }: EngineContext): void {
  const same = [labels.operation, labels.step].every((key) => metadata.labels?.[key] === request.labels[key]);
  if (same && metadata.labels?.[labels.operation] !== undefined) return;
  throw new ConflictError(`the point ${request.name} already exists on ${cluster.name} and was made by somebody else`, {
    code: 'ALREADY_EXISTS',
    cluster: cluster.name,
    hint: 'plan again: the new plan gets a new name',
  });
}

function createGroup(
  context: EngineContext,
  point: string,
  metadata: { namespace: string; labels: Record<string, string>; annotations: Record<string, string> },
  { claims, group }: Capture & Required<Pick<Capture, 'group'>>,
): Promise<void> {
  const members = Object.fromEntries(claims.map(({ claim }) => [claim.metadata.name, claimNote(claim)]));
  const spec: VolumeGroupSnapshotSpec = {
    source: { selector: { matchLabels: group.matchLabels } },
    volumeGroupSnapshotClassName: group.groupClass,
  };
  return createOnce(context, group.type, {
    apiVersion: apiVersionOf(group.type),
    kind: group.type.kind,
    metadata: { ...metadata, name: point, annotations: { ...metadata.annotations, [notes.members]: JSON.stringify(members) } },
    spec,
  });
}

/** The members of a group come without our labels: they get them here, as soon as they are there. */
export async function progressOfBackup(context: EngineContext, name: string): Promise<NativeProgress> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  const point = labelOf(name);
  let snapshots = await snapshotsOf(context, point);
  const group = await groupOfPoint(context, point, snapshots);
  if (group) snapshots = [...snapshots, ...(await adoptMembers(context, group, snapshots))];
  const now = await cluster.now(options);
  const [set] = setsOf(snapshots);
  if (set) {
    const { phase, nativePhase, message, ready, total } = standingOf(set, now);
    return { phase, nativePhase, done: ready, total, ...(message !== undefined && { message }) };
  }
  if (!group) throw new NotFoundError(`there is no point ${name} in ${namespace} on ${cluster.name}`, { cluster: cluster.name });
  return standingOfGroup(group, now);
}
