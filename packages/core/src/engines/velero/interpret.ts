import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import type { ClusterReading } from '../../ports/reading.ts';
import { objectsOf } from '../../ports/reading.ts';
import type { ProtectionState, RecoveryPoint, VolumeCapture } from '../../protection/model.ts';
import { unreadTypes } from '../unread.ts';
import { veleroKinds } from './kinds.ts';
import { labelMatches } from './label.ts';
import { engineId, locationOf, nativeRestoreOf, pointOf, scheduleOf } from './map.ts';
import { oncePerObject } from '../once-per-object.ts';
import { count, fields, metadataOf, text } from './schema.ts';

export const interpretedKinds: readonly ResourceType[] = [
  veleroKinds.backups,
  veleroKinds.schedules,
  veleroKinds.locations,
  veleroKinds.podVolumeBackups,
  veleroKinds.dataUploads,
];

/** What Velero says about one cluster. Total: a malformed object is a value that says so. */
export function interpret(reading: ClusterReading): ProtectionState {
  const { cluster } = reading;
  const all = (type: ResourceType): readonly KubeObject[] => objectsOf(reading, resourceKey(type));
  // A type that is not served means that Velero is not installed; one that is forbidden means that we may not look.
  const telling = [veleroKinds.backups, veleroKinds.restores].map(resourceKey);
  const failure = telling.map((key) => reading.failures.get(key)).find((error) => error !== undefined);
  const installed = failure === undefined ? telling.some((key) => reading.objects.has(key)) : failure.code !== 'NOT_FOUND';
  const problems = unreadTypes(reading, [...interpretedKinds, veleroKinds.restores]);
  const locations = all(veleroKinds.locations);
  const backups = all(veleroKinds.backups);
  const namespace = namespaceOf([...locations, ...all(veleroKinds.schedules), ...backups]);
  // To remember ten thousand points for whoever looks once costs more than to read them.
  const kept = reading.takenAt !== undefined;
  const points = backups.map((object) => (kept ? pointOnce : pointOf)(object, cluster));
  return {
    installation: { engine: engineId, cluster, installed, problems, ...(namespace ? { namespace } : {}) },
    points,
    schedules: all(veleroKinds.schedules).map((object) => (kept ? scheduleOnce : scheduleOf)(object, cluster)),
    locations: locations.map((object) => locationOf(object, cluster)),
    replications: [],
    restores: all(veleroKinds.restores).map((object) => nativeRestoreOf(object, cluster)),
    volumeEvidence: evidence(points, all(veleroKinds.podVolumeBackups), all(veleroKinds.dataUploads)),
  };
}

const pointOnce = oncePerObject(pointOf);
const scheduleOnce = oncePerObject(scheduleOf);

/** The server watches one namespace; its objects tell which. `velero` where there are none yet. */
function namespaceOf(objects: readonly KubeObject[]): string | undefined {
  const counts = new Map<string, number>();
  for (const object of objects) {
    const namespace = text(fields(object.metadata).namespace);
    if (namespace) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
  return most?.[0] ?? 'velero';
}

function evidence(
  points: readonly RecoveryPoint[],
  podVolumeBackups: readonly KubeObject[],
  dataUploads: readonly KubeObject[],
): Record<string, VolumeCapture[]> {
  const found: Record<string, VolumeCapture[]> = {};
  if (podVolumeBackups.length + dataUploads.length === 0) return found;
  const byName = new Map(points.map((point) => [point.name, point]));
  const long = points.filter((point) => point.name.length > 63);
  const add = (object: KubeObject, capture: VolumeCapture | undefined): void => {
    const label = metadataOf(object).labels['velero.io/backup-name'];
    const point = byName.get(String(label)) ?? long.find((candidate) => labelMatches(label, candidate.name));
    if (point && capture) (found[point.id] ??= []).push(capture);
  };
  for (const object of podVolumeBackups) {
    const spec = fields(object.spec);
    // The claim stands in an annotation alone (podvolume/backupper.go); the tags name the volume inside the pod.
    const claim = text(metadataOf(object).annotations['velero.io/pvc-name']);
    add(object, captureOf(object, text(fields(spec.pod).namespace), claim, 'file-system'));
  }
  for (const object of dataUploads) {
    const spec = fields(object.spec);
    add(object, captureOf(object, text(spec.sourceNamespace), text(spec.sourcePVC), 'data-mover'));
  }
  return found;
}

function captureOf(
  object: KubeObject,
  namespace: string | undefined,
  claim: string | undefined,
  method: VolumeCapture['method'],
): VolumeCapture | undefined {
  if (namespace === undefined || claim === undefined) return undefined;
  const status = fields(object.status);
  const bytes = count(fields(status.progress).bytesDone);
  const message = text(status.message);
  const ended = ['Completed', 'Failed', 'Canceled'].includes(String(status.phase));
  // What still runs proves nothing.
  if (!ended) return undefined;
  return {
    namespace,
    claim,
    method,
    state: status.phase === 'Completed' ? 'captured' : 'failed',
    ...(bytes === undefined ? {} : { bytes }),
    ...(message ? { message } : {}),
  };
}
