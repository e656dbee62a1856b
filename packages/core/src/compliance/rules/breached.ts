import { timeOf } from '../../application/raw.ts';
import { formatDuration } from '../../policy/duration.ts';
import type { Reason } from '../../reason.ts';
import { formatAge } from '../../text/age.ts';
import { type Facts, ageOf, backupCommand, because, newestUsable, undecided } from '../facts.ts';

export function rpoBreached(facts: Facts): Reason | undefined {
  const rpo = facts.policy?.objectives.rpo;
  const point = newestUsable(facts);
  const age = point && ageOf(point, facts.now);
  // While newer points have not been read, the age is not known (`contentsUnread` says so).
  if (rpo === undefined || !point || age === undefined || age <= rpo || undecided(facts).length > 0) return undefined;
  return because(facts, {
    code: 'RPO_BREACHED',
    severity: 'critical',
    message: `newest usable data of ${facts.component.name} is ${formatAge(age)} old, RPO is ${formatDuration(rpo)}`,
    evidence: [`point: ${point.id}`, `captured: ${point.capturedAt}`, `policy: ${facts.policy!.name}`],
    fix: backupCommand(facts),
  });
}

/** The lag, in intervals, of the replication that lags most. */
function worstLag(facts: Facts): { replication: Facts['replications'][number]; lag: number; intervals: number } | undefined {
  let worst: ReturnType<typeof worstLag>;
  for (const replication of facts.replications) {
    const last = timeOf(replication.lastSync);
    if (replication.interval === undefined || replication.interval <= 0 || last === undefined) continue;
    const lag = Math.max(0, facts.now.getTime() - last);
    const intervals = lag / replication.interval;
    if (!worst || intervals > worst.intervals) worst = { replication, lag, intervals };
  }
  return worst;
}

function lagReason(facts: Facts, severity: Reason['severity'], from: number, to: number): Reason | undefined {
  const worst = worstLag(facts);
  if (!worst || worst.intervals < from || worst.intervals >= to) return undefined;
  const { replication, lag } = worst;
  return because(facts, {
    code: 'REPLICATION_LAGS',
    severity,
    message: `the copy of ${facts.component.name}${replication.to ? ` on ${replication.to}` : ''} is ${formatAge(lag)} behind, its interval is ${formatDuration(replication.interval!)}`,
    evidence: [`replication: ${replication.id}`, `last synchronised: ${replication.lastSync}`, `phase: ${replication.nativePhase}`],
    fix: `Look at ${replication.name} in the namespace ${replication.namespace} of ${replication.cluster}.`,
  });
}

/** Three intervals behind, with no RPO to measure by: the copy has stopped. */
export function replicationStopped(facts: Facts): Reason | undefined {
  return facts.policy?.objectives.rpo === undefined ? lagReason(facts, 'critical', 3, Infinity) : undefined;
}

export function replicationLags(facts: Facts): Reason | undefined {
  return lagReason(facts, 'warning', 2, facts.policy?.objectives.rpo === undefined ? 3 : Infinity);
}
