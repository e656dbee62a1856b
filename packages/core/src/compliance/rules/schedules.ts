import { timeOf } from '../../application/raw.ts';
import { formatDuration } from '../../policy/duration.ts';
import type { Reason } from '../../reason.ts';
import { formatAge } from '../../text/age.ts';
import { type Facts, type ScheduleFacts, activeSchedules, because, newestUsable, where } from '../facts.ts';
import { invalidReason } from './unprotected.ts';

export function noSchedule(facts: Facts): Reason | undefined {
  if (
    facts.schedules.length > 0 ||
    facts.replications.length > 0 ||
    facts.engines.failures.length > 0 ||
    facts.engines.installed.length === 0
  )
    return undefined;
  return because(facts, {
    code: 'NO_SCHEDULE',
    severity: 'warning',
    message: `No schedule covers ${facts.component.name} (${where(facts)})`,
    fix: facts.policy
      ? facts.policy.schedule
        ? `kubectl dr policy apply ${facts.application}`
        : `Create a schedule for the namespace that keeps the policy ${facts.policy.name}: kubectl dr describe policy ${facts.policy.name}`
      : `Assign a DRPolicy to ${facts.component.entityRef ?? facts.component.name}, or create a schedule for the namespace.`,
  });
}

/** One of several schedules is rejected; the others still run. */
export function someScheduleInvalid(facts: Facts): Reason | undefined {
  const invalid = facts.schedules.find(({ schedule }) => !schedule.paused && !schedule.valid)?.schedule;
  return invalid && activeSchedules(facts).length > 0 ? invalidReason(facts, invalid, 'warning') : undefined;
}

export function scheduleTooSlow(facts: Facts): Reason | undefined {
  const rpo = facts.policy?.objectives.rpo;
  const known = activeSchedules(facts).filter((one): one is ScheduleFacts & { worstGap: number } => one.worstGap !== undefined);
  if (rpo === undefined || known.length === 0 || known.length < activeSchedules(facts).length) return undefined;
  const fastest = known.reduce((a, b) => (a.worstGap <= b.worstGap ? a : b));
  if (fastest.worstGap <= rpo) return undefined;
  const { name, expression, id } = fastest.schedule;
  return because(facts, {
    code: 'SCHEDULE_TOO_SLOW',
    severity: 'warning',
    message: `${name} (${expression}) lets up to ${formatDuration(fastest.worstGap)} pass between two runs, RPO of ${facts.component.name} is ${formatDuration(rpo)}`,
    evidence: [`schedule: ${id}`, `policy: ${facts.policy!.name}`],
    fix: `Let ${name} run at least every ${formatDuration(rpo)}, or raise the RPO of ${facts.policy!.name}.`,
  });
}

/** Two periods without a run, whatever the engine says about itself. */
export function scheduleOverdue(facts: Facts): Reason | undefined {
  for (const { schedule, worstGap } of activeSchedules(facts)) {
    if (worstGap === undefined) continue;
    const own = facts.points.find(({ point }) => point.schedule === schedule.name && point.engine === schedule.engine)?.point;
    const times = [schedule.lastRun, schedule.createdAt, own?.capturedAt ?? own?.createdAt].map(timeOf);
    const last = Math.max(...times.map((time) => (time === undefined || time > facts.now.getTime() ? -Infinity : time)));
    const silence = facts.now.getTime() - last;
    if (!Number.isFinite(silence) || silence <= 2 * worstGap) continue;
    return because(facts, {
      code: 'SCHEDULE_OVERDUE',
      severity: 'warning',
      message: `${schedule.name} should run every ${formatDuration(worstGap)}, and did not for ${formatAge(silence)}`,
      evidence: [`schedule: ${schedule.id}`, `last run: ${schedule.lastRun ?? 'never'}`],
      fix: `Check that ${schedule.engine} runs on ${schedule.cluster}: kubectl --context ${schedule.cluster} -n ${schedule.namespace} get pods`,
    });
  }
  return undefined;
}

/** For a while there would be nothing: all good points expire before the next one can be made. */
export function pointExpiresFirst(facts: Facts): Reason | undefined {
  const usable = newestUsable(facts);
  const next = activeSchedules(facts)
    .flatMap(({ nextRun }) => (nextRun ? [nextRun.getTime()] : []))
    .sort((a, b) => a - b)[0];
  if (!usable || next === undefined) return undefined;
  let last = -Infinity;
  for (const { usable: use, point } of facts.points) {
    const goes = point.removedBy === 'plan' ? undefined : timeOf(point.expiresAt);
    if (use === 'yes') last = Math.max(last, goes ?? Infinity);
  }
  if (last >= next) return undefined;
  return because(facts, {
    code: 'POINT_EXPIRES_FIRST',
    severity: 'warning',
    message: `the last usable point of ${facts.component.name} expires in ${formatAge(last - facts.now.getTime())}, the next run is in ${formatAge(next - facts.now.getTime())}`,
    evidence: [`point: ${usable.id}`, `expires: ${new Date(last).toISOString()}`, `next run: ${new Date(next).toISOString()}`],
    fix: 'Keep points longer than two intervals of the schedule.',
  });
}

export function retentionTooShort(facts: Facts): Reason | undefined {
  const promised = facts.policy?.retention.keepFor;
  const kept = activeSchedules(facts).map(({ schedule }) => schedule.keepFor);
  if (promised === undefined || kept.length === 0 || kept.includes(undefined)) return undefined;
  const longest = Math.max(...(kept as number[]));
  if (longest >= promised) return undefined;
  return because(facts, {
    code: 'RETENTION_TOO_SHORT',
    severity: 'warning',
    message: `points of ${facts.component.name} are kept for ${formatDuration(longest)}, the policy ${facts.policy!.name} promises ${formatDuration(promised)}`,
    evidence: activeSchedules(facts).map(({ schedule }) => `schedule: ${schedule.id}`),
    fix: `Let ${activeSchedules(facts)[0]!.schedule.name} keep its points for ${formatDuration(promised)}, or correct the policy ${facts.policy!.name}.`,
  });
}
