import { at, textAt, textsAt, timeOf } from '../../../application/raw.ts';
import type { Check, EngineSeen, Finding } from '../../../doctor/check.ts';
import { parseDuration } from '../../../policy/duration.ts';
import { type ResourceType, resourceKey } from '../../../ports/kubernetes.ts';
import { type ClusterReading, objectsOf } from '../../../ports/reading.ts';
import { formatAge } from '../../../text/age.ts';
import { veleroKinds } from '../kinds.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const snapshotClasses: ResourceType = {
  group: 'snapshot.storage.k8s.io',
  version: 'v1',
  resource: 'volumesnapshotclasses',
  kind: 'VolumeSnapshotClass',
  namespaced: false,
};

export const storageKinds = [veleroKinds.repositories, veleroKinds.deletions, snapshotClasses];

/** Checks of where copies lie, and whether what should be gone is gone. */
export const storageChecks: readonly Check<EngineSeen>[] = [
  { codes: ['NO_DEFAULT_LOCATION'], needs: [veleroKinds.locations], find: defaults },
  { codes: ['LOCATION_STALE'], needs: [veleroKinds.locations], find: ({ reading }) => stale(reading) },
  { codes: ['REPOSITORY_UNHEALTHY'], needs: [veleroKinds.repositories], find: ({ reading }) => repositories(reading) },
  { codes: ['DELETION_STUCK'], needs: [veleroKinds.backups, veleroKinds.deletions], find: deletions },
  { codes: ['SNAPSHOT_CLASS_AMBIGUOUS'], needs: [snapshotClasses], find: ({ reading }) => classes(reading) },
];

function defaults({ reading, state }: EngineSeen): Finding[] {
  const marked = state.locations.filter(({ isDefault }) => isDefault);
  if (marked.length === 1 || state.locations.length === 0) return [];
  return [
    {
      code: 'NO_DEFAULT_LOCATION',
      severity: 'warning',
      cluster: reading.cluster,
      message:
        marked.length === 0
          ? `no storage location on ${reading.cluster} is the default: a backup that names none fails`
          : `${marked.length} storage locations on ${reading.cluster} are the default: nobody knows where a backup that names none goes`,
      evidence: state.locations.map(({ id, isDefault }) => `location: ${id}${isDefault ? ', default' : ''}`),
      fix: `velero backup-location set ${state.locations[0]!.name} --default`,
    },
  ];
}

/** Five times what the server is asked to do, and at least five minutes, without a look. */
function stale(reading: ClusterReading): Finding[] {
  return objectsOf(reading, resourceKey(veleroKinds.locations)).flatMap((location): Finding[] => {
    if (at(location, 'status', 'phase') !== 'Available') return [];
    const last = timeOf(at(location, 'status', 'lastValidationTime'));
    const every = durationAt(location, 'spec', 'validationFrequency') ?? minute;
    // A frequency of nothing means that nobody is asked to look.
    if (last === undefined || every === 0) return [];
    const silence = reading.now.getTime() - last;
    if (silence <= Math.max(5 * minute, 5 * every)) return [];
    const { name, namespace } = location.metadata;
    return [
      {
        code: 'LOCATION_STALE',
        severity: 'warning',
        cluster: reading.cluster,
        message: `the storage location ${name} on ${reading.cluster} says Available, and was looked at ${formatAge(silence)} ago`,
        evidence: [`BackupStorageLocation ${namespace}/${name}`, `last validated: ${new Date(last).toISOString()}`],
        fix: `kubectl --context ${reading.cluster} -n ${namespace} logs deployment/velero`,
      },
    ];
  });
}

function durationAt(value: unknown, ...path: string[]): number | undefined {
  const text = textAt(value, ...path);
  if (text === undefined) return undefined;
  try {
    return parseDuration(text, path.at(-1)!);
  } catch {
    return undefined;
  }
}

function repositories(reading: ClusterReading): Finding[] {
  return objectsOf(reading, resourceKey(veleroKinds.repositories)).flatMap((repository): Finding[] => {
    const phase = textAt(repository, 'status', 'phase');
    const last = timeOf(at(repository, 'status', 'lastMaintenanceTime'));
    const silence = last === undefined ? 0 : reading.now.getTime() - last;
    const ready = phase !== 'NotReady';
    if (ready && silence <= 7 * day) return [];
    const { name, namespace } = repository.metadata;
    const volumes = textAt(repository, 'spec', 'volumeNamespace');
    return [
      {
        code: 'REPOSITORY_UNHEALTHY',
        severity: 'warning',
        cluster: reading.cluster,
        ...(volumes !== undefined && { subject: { namespace: volumes } }),
        message: ready
          ? `the repository ${name} on ${reading.cluster} was last maintained ${formatAge(silence)} ago`
          : `the repository ${name} on ${reading.cluster} is not ready${textAt(repository, 'status', 'message') ? `: ${textAt(repository, 'status', 'message')}` : ''}`,
        evidence: [`BackupRepository ${namespace}/${name}`, `phase: ${phase ?? 'none'}`],
        fix: `kubectl --context ${reading.cluster} -n ${namespace} describe backuprepository ${name}`,
      },
    ];
  });
}

/** Backups that are being deleted for an hour, expired two hours ago, or whose deletion failed. */
function deletions({ reading, state }: EngineSeen): Finding[] {
  const now = reading.now.getTime();
  const stuck = new Map<string, string>();
  for (const object of objectsOf(reading, resourceKey(veleroKinds.backups))) {
    const failure = textsAt(object, 'metadata', 'labels')['velero.io/gc-failure'];
    const expired = timeOf(at(object, 'status', 'expiration'));
    if (failure !== undefined) stuck.set(object.metadata.name, `garbage collection failed: ${failure}`);
    else if (expired !== undefined && now - expired > 2 * hour) stuck.set(object.metadata.name, `expired ${formatAge(now - expired)} ago`);
  }
  for (const request of objectsOf(reading, resourceKey(veleroKinds.deletions))) {
    const name = textAt(request, 'spec', 'backupName');
    const errors = at(request, 'status', 'errors');
    const created = timeOf(request.metadata.creationTimestamp);
    if (name === undefined || !state.points.some((point) => point.name === name)) continue;
    if (Array.isArray(errors) && errors.length > 0) stuck.set(name, `deletion failed: ${String(errors[0])}`);
    else if (created !== undefined && now - created > hour) stuck.set(name, `is being deleted for ${formatAge(now - created)}`);
  }
  if (stuck.size === 0) return [];
  const [[name, why]] = [...stuck] as [[string, string]];
  const { namespace } = state.installation;
  return [
    {
      code: 'DELETION_STUCK',
      severity: 'warning',
      cluster: reading.cluster,
      message: `${stuck.size === 1 ? `${name} on ${reading.cluster} should be gone: it` : `${stuck.size} backups on ${reading.cluster} should be gone: ${name}`} ${why}`,
      evidence: [...stuck].slice(0, 5).map(([backup, reason]) => `Backup ${namespace}/${backup}: ${reason}`),
      fix: `kubectl --context ${reading.cluster} -n ${namespace} get deletebackuprequests -o yaml`,
    },
  ];
}

const mark = 'velero.io/csi-volumesnapshot-class';

/** With several classes of one driver, exactly one has to be marked. A single one of a driver is found by itself. */
function classes(reading: ClusterReading): Finding[] {
  const byDriver = new Map<string, { name: string; marked: boolean }[]>();
  for (const object of objectsOf(reading, resourceKey(snapshotClasses))) {
    const driver = textAt(object, 'driver');
    if (driver === undefined) continue;
    const standard = textsAt(object, 'metadata', 'annotations')['snapshot.storage.kubernetes.io/is-default-class'] === 'true';
    const marked = textsAt(object, 'metadata', 'labels')[mark] === 'true' || standard;
    byDriver.set(driver, [...(byDriver.get(driver) ?? []), { name: object.metadata.name, marked }]);
  }
  return [...byDriver].flatMap(([driver, all]): Finding[] => {
    const marked = all.filter((one) => one.marked);
    if (marked.length === 1 || all.length === 1) return [];
    return [
      {
        code: 'SNAPSHOT_CLASS_AMBIGUOUS',
        severity: 'warning',
        cluster: reading.cluster,
        message: `${marked.length === 0 ? 'none' : marked.length} of the ${all.length} snapshot classes of ${driver} on ${reading.cluster} ${marked.length > 1 ? 'are' : 'is'} marked for backups`,
        evidence: all.map(({ name, marked: yes }) => `VolumeSnapshotClass ${name}${yes ? ', marked' : ''}`),
        fix: `kubectl --context ${reading.cluster} label volumesnapshotclass ${all[0]!.name} ${mark}=true`,
      },
    ];
  });
}
