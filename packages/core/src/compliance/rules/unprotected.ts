import type { Reason } from '../../reason.ts';
import { type Facts, activeSchedules, backupCommand, because, where } from '../facts.ts';

export function noEngine(facts: Facts): Reason | undefined {
  if (facts.engines.installed.length > 0 || facts.engines.failures.length > 0) return undefined;
  return because(facts, {
    code: 'NO_ENGINE',
    severity: 'critical',
    message: `No backup engine is installed on ${facts.cluster.name}, so nothing protects ${facts.component.name}`,
    fix: `Install Velero (or another supported engine) on ${facts.cluster.name}.`,
  });
}

export function neverBackedUp(facts: Facts): Reason | undefined {
  if (facts.points.length > 0 || facts.engines.installed.length === 0 || facts.engines.failures.length > 0) return undefined;
  const [soonest] = activeSchedules(facts);
  const promise = soonest?.nextRun ? `; ${soonest.schedule.name} runs next at ${soonest.nextRun.toISOString()}` : '';
  return because(facts, {
    code: 'NEVER_BACKED_UP',
    severity: 'critical',
    message: `There is no recovery point of ${facts.component.name} (${where(facts)})${promise}`,
    evidence: facts.schedules.map(({ schedule }) => `schedule: ${schedule.name}`),
    fix: backupCommand(facts),
  });
}

export function noUsablePoint(facts: Facts): Reason | undefined {
  if (facts.points.length === 0 || facts.points.some(({ usable }) => usable !== 'no')) return undefined;
  const newest = facts.points.slice(0, 5);
  const count = facts.points.length === 1 ? 'The only point' : `None of ${facts.points.length} points`;
  const verb = facts.points.length === 1 ? 'does not bring' : 'brings';
  return because(facts, {
    code: 'NO_USABLE_POINT',
    severity: 'critical',
    message: `${count} ${verb} ${facts.component.name} back: ${newest[0]!.reasons[0]?.message ?? newest[0]!.point.name}`,
    evidence: newest.map(({ point, reasons }) => `${point.name}: ${reasons.map(({ code }) => code).join(', ')}`),
    fix: backupCommand(facts),
  });
}

/** Every schedule that covers it is paused, or rejected. */
export function schedulesPaused(facts: Facts): Reason | undefined {
  if (facts.schedules.length === 0 || activeSchedules(facts).length > 0) return undefined;
  const paused = facts.schedules.filter(({ schedule }) => schedule.paused);
  const [first] = paused;
  if (!first) return undefined;
  const names = paused.map(({ schedule }) => schedule.name).join(', ');
  return because(facts, {
    code: 'SCHEDULE_PAUSED',
    severity: 'critical',
    message:
      paused.length === 1
        ? `${names}, the schedule of ${facts.component.name}, is paused`
        : `All schedules of ${facts.component.name} are paused: ${names}`,
    evidence: paused.map(({ schedule }) => `schedule: ${schedule.id}`),
    fix: `Unpause the schedule ${first.schedule.name} in the namespace ${first.schedule.namespace} of ${first.schedule.cluster}.`,
  });
}

export function schedulesInvalid(facts: Facts): Reason | undefined {
  if (facts.schedules.length === 0 || activeSchedules(facts).length > 0) return undefined;
  const invalid = facts.schedules.find(({ schedule }) => !schedule.paused && !schedule.valid);
  return invalid && invalidReason(facts, invalid.schedule, 'critical');
}

export function invalidReason(facts: Facts, schedule: Facts['schedules'][number]['schedule'], severity: Reason['severity']): Reason {
  return because(facts, {
    code: 'SCHEDULE_INVALID',
    severity,
    message: `${schedule.engine} rejects the schedule ${schedule.name} (${schedule.expression})${schedule.message ? `: ${schedule.message}` : ''}`,
    evidence: [`schedule: ${schedule.id}`],
    fix: `Correct the schedule ${schedule.name} in the namespace ${schedule.namespace} of ${schedule.cluster}.`,
  });
}
