import { timeOf } from '../../application/raw.ts';
import { formatDuration } from '../../policy/duration.ts';
import type { Reason } from '../../reason.ts';
import { formatAge } from '../../text/age.ts';
import { type DrillRecord, type Facts, because } from '../facts.ts';

export function lastSuccess(facts: Facts): DrillRecord | undefined {
  return facts.drills.find(({ succeeded, at }) => succeeded && timeOf(at) !== undefined);
}

export function neverDrilled(facts: Facts): Reason | undefined {
  if (!facts.policy?.drills || lastSuccess(facts)) return undefined;
  const tried = facts.drills.length > 0 ? ' successfully' : '';
  return because(facts, {
    code: 'NEVER_DRILLED',
    severity: 'warning',
    message: `${facts.component.name} was never${tried} restored as a test, ${facts.policy.name} asks for it every ${formatDuration(facts.policy.drills.every)}`,
    evidence: [`policy: ${facts.policy.name}`],
    fix: `kubectl dr drill ${facts.application} --component ${facts.component.name}`,
  });
}

export function drillOverdue(facts: Facts): Reason | undefined {
  const every = facts.policy?.drills?.every;
  const last = lastSuccess(facts);
  if (every === undefined || !last) return undefined;
  const age = facts.now.getTime() - timeOf(last.at)!;
  if (age <= every) return undefined;
  return because(facts, {
    code: 'DRILL_OVERDUE',
    severity: 'warning',
    message: `${facts.component.name} was last restored as a test ${formatAge(age)} ago, ${facts.policy!.name} asks for it every ${formatDuration(every)}`,
    evidence: [`drill: ${last.at}`],
    fix: `kubectl dr drill ${facts.application} --component ${facts.component.name}`,
  });
}

export function rtoExceeded(facts: Facts): Reason | undefined {
  const rto = facts.policy?.objectives.rto;
  const last = lastSuccess(facts);
  if (rto === undefined || last?.rtoSeconds === undefined || last.rtoSeconds * 1000 <= rto) return undefined;
  return because(facts, {
    code: 'RTO_EXCEEDED',
    severity: 'warning',
    message: `restoring ${facts.component.name} took ${formatDuration(last.rtoSeconds * 1000)} the last time (${last.operation}), RTO is ${formatDuration(rto)}`,
    evidence: [`drill: ${last.at}`, `policy: ${facts.policy!.name}`],
    fix: `kubectl dr describe operation ${last.operation} tells its slowest step; or raise the objective`,
  });
}
