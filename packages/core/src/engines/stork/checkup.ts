import { textAt, timeOf } from '../../application/raw.ts';
import type { Check, Checkup, EngineSeen, Finding } from '../../doctor/check.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import { objectsOf } from '../../ports/reading.ts';
import { formatAge } from '../../text/age.ts';
import { adminNamespace, kinds } from './kinds.ts';
import { troubleOf } from './location.ts';
import { isOn, isStaticCopy, pairTrouble, specOf } from './migrations.ts';

/** What a living Stork takes up within seconds: 10 minutes. */
const unseen = 10 * 60_000;

const checks: readonly Check<EngineSeen>[] = [
  { codes: ['ENGINE_DOWN'], needs: [kinds.backups], find: left },
  { codes: ['LOCATION_UNAVAILABLE'], needs: [kinds.locations], find: locations },
  { codes: ['REPLICATION_FAILED'], needs: [kinds.migrationSchedules, kinds.pairs], find: pairs },
];

/** From Stork's own objects alone: it says nothing about itself. */
export const checkup: Checkup = { kinds: [], checks };

function left({ reading }: EngineSeen): Finding[] {
  const now = reading.now.getTime();
  const waiting = objectsOf(reading, resourceKey(kinds.backups)).find(
    ({ metadata, status }) =>
      metadata.namespace === adminNamespace && status === undefined && now - (timeOf(metadata.creationTimestamp) ?? now) > unseen,
  );
  if (!waiting) return [];
  const { name, namespace, creationTimestamp } = waiting.metadata;
  return [
    {
      code: 'ENGINE_DOWN',
      severity: 'critical',
      cluster: reading.cluster,
      message: `Stork on ${reading.cluster} has not taken up the backup ${name} for ${formatAge(now - Date.parse(creationTimestamp!))}: it is down, or refuses it in silence`,
      evidence: [`${kinds.backups.kind} ${namespace}/${name}`],
      fix: `kubectl --context ${reading.cluster} get pods -A -l name=stork; kubectl --context ${reading.cluster} -n ${namespace} describe applicationbackup ${name}`,
    },
  ];
}

function locations({ reading }: EngineSeen): Finding[] {
  return objectsOf(reading, resourceKey(kinds.locations)).flatMap((location): Finding[] => {
    const trouble = troubleOf(location);
    const [name, namespace] = [textAt(location, 'metadata', 'name'), textAt(location, 'metadata', 'namespace')];
    if (trouble === undefined || name === undefined || namespace === undefined) return [];
    return [
      {
        code: 'LOCATION_UNAVAILABLE',
        severity: 'warning',
        cluster: reading.cluster,
        message: `the BackupLocation ${name} on ${reading.cluster} ${trouble}, which the server let through: every backup in it fails`,
        evidence: [`${kinds.locations.kind} ${namespace}/${name}`],
        fix: `kubectl --context ${reading.cluster} -n ${namespace} edit backuplocation ${name}`,
      },
    ];
  });
}

/** Of pairs that something is copied by; the other half of a mirror is looked at on the other cluster. */
function pairs({ reading }: EngineSeen): Finding[] {
  const all = objectsOf(reading, resourceKey(kinds.pairs));
  return objectsOf(reading, resourceKey(kinds.migrationSchedules)).flatMap((schedule): Finding[] => {
    const [name, namespace] = [textAt(schedule, 'metadata', 'name'), textAt(schedule, 'metadata', 'namespace')];
    if (name === undefined || namespace === undefined || isStaticCopy(schedule)) return [];
    const called = textAt(specOf(schedule), 'clusterPair') ?? '(none)';
    const pair = all.find((one) => textAt(one, 'metadata', 'namespace') === namespace && textAt(one, 'metadata', 'name') === called);
    const trouble = pairTrouble(pair, isOn(specOf(schedule), 'includeVolumes'));
    if (trouble === undefined) return [];
    return [
      {
        code: 'REPLICATION_FAILED',
        severity: 'warning',
        cluster: reading.cluster,
        message: `${name} on ${reading.cluster} copies nothing: the ClusterPair ${called} ${trouble}`,
        evidence: [`${kinds.migrationSchedules.kind} ${namespace}/${name}`, `${kinds.pairs.kind} ${namespace}/${called}`],
        fix: `storkctl --context ${reading.cluster} -n ${namespace} get clusterpair ${called}`,
      },
    ];
  });
}
