import { at } from '../../../application/raw.ts';
import type { Check, EngineSeen, Finding } from '../../../doctor/check.ts';
import { resourceKey } from '../../../ports/kubernetes.ts';
import { objectsOf } from '../../../ports/reading.ts';
import { veleroKinds } from '../kinds.ts';

/** So many schedules in one minute are worth spreading. */
const crowd = 4;

/** Checks of what the schedules say, whoever they protect. */
export const scheduleChecks: readonly Check<EngineSeen>[] = [
  { codes: ['OWNER_REFERENCES_KEPT'], needs: [veleroKinds.schedules], find: ownerReferences },
  { codes: ['SCHEDULES_TOGETHER'], needs: [veleroKinds.schedules], find: together },
  { codes: ['SCHEDULE_WITHOUT_ZONE'], needs: [veleroKinds.schedules], find: withoutZone },
];

function ownerReferences({ reading }: EngineSeen): Finding[] {
  return objectsOf(reading, resourceKey(veleroKinds.schedules))
    .filter((schedule) => at(schedule, 'spec', 'useOwnerReferencesInBackup') === true)
    .map(({ metadata: { name, namespace } }) => ({
      code: 'OWNER_REFERENCES_KEPT',
      severity: 'warning',
      cluster: reading.cluster,
      message: `backups of ${name} on ${reading.cluster} belong to it: whoever deletes the schedule deletes them all`,
      evidence: [`Schedule ${namespace}/${name}`],
      fix: `kubectl --context ${reading.cluster} -n ${namespace} patch schedule.velero.io ${name} --type=merge -p '{"spec":{"useOwnerReferencesInBackup":false}}'`,
    }));
}

function active({ state }: EngineSeen) {
  return state.schedules.filter(({ paused, valid }) => !paused && valid);
}

function together(seen: EngineSeen): Finding[] {
  const byMinute = new Map<string, string[]>();
  for (const { expression, name } of active(seen)) {
    const minute = /^(\d{1,2})\s+\S+\s+\S+\s+\S+\s+\S+$/.exec(expression.trim())?.[1];
    const key = minute ?? (expression.trim() === '@hourly' ? '0' : undefined);
    if (key !== undefined) byMinute.set(key, [...(byMinute.get(key) ?? []), name]);
  }
  return [...byMinute]
    .filter(([, names]) => names.length >= crowd)
    .map(([minute, names]) => ({
      code: 'SCHEDULES_TOGETHER',
      severity: 'info',
      cluster: seen.reading.cluster,
      message: `${names.length} schedules on ${seen.reading.cluster} start at minute ${minute} of the hour: they wait for each other`,
      evidence: names.slice(0, 8).map((name) => `schedule: ${name}`),
      fix: 'Give each another minute.',
    }));
}

/** Only where an hour of the day is named: `0 * * * *` is the same everywhere. */
function withoutZone(seen: EngineSeen): Finding[] {
  const daily = active(seen).filter(({ expression, timeZone }) => timeZone === undefined && /^\S+\s+[\d,-]+\s/.test(expression.trim()));
  if (daily.length === 0) return [];
  return [
    {
      code: 'SCHEDULE_WITHOUT_ZONE',
      severity: 'info',
      cluster: seen.reading.cluster,
      message: `${daily.map(({ name }) => name).join(', ')} on ${seen.reading.cluster} ${daily.length === 1 ? 'names' : 'name'} an hour of the day and no time zone`,
      evidence: daily.slice(0, 8).map(({ name, expression }) => `schedule: ${name} (${expression})`),
      fix: `Write CRON_TZ=ZONE before the expression.`,
    },
  ];
}
