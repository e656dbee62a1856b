import { formatDuration } from '../../policy/duration.ts';
import { lagOf } from '../../protection/replication.ts';
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

/** The lag, in intervals, of the end that lags most: what was not sent, and what was sent and did not arrive. */
function worstLag(facts: Facts): { replication: Facts['replications'][number]; lag: number; intervals: number } | undefined {
  let worst: ReturnType<typeof worstLag>;
  for (const replication of facts.replications) {
    const { lag = 0, intervals } = lagOf(replication, facts.now) ?? {};
    if (intervals !== undefined && (!worst || intervals > worst.intervals)) worst = { replication, lag, intervals };
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
    message: `the copy of ${facts.component.name}${targetOf(replication)} is ${formatAge(lag)} behind, its interval is ${formatDuration(replication.interval!)}`,
    evidence: [`replication: ${replication.id}`, `last synchronised: ${replication.lastSync}`, `phase: ${replication.nativePhase}`],
    fix: `Look at ${replication.name} in the namespace ${replication.namespace} of ${replication.cluster}.`,
  });
}

function targetOf({ role, to, cluster }: Facts['replications'][number]): string {
  const target = role === 'target' ? cluster : to;
  return target === undefined ? '' : ` on ${target}`;
}

/** Three intervals behind, with no RPO to measure by: the copy has stopped. */
export function replicationStopped(facts: Facts): Reason | undefined {
  return facts.policy?.objectives.rpo === undefined ? lagReason(facts, 'critical', 3, Infinity) : undefined;
}

export function replicationLags(facts: Facts): Reason | undefined {
  return lagReason(facts, 'warning', 2, facts.policy?.objectives.rpo === undefined ? 3 : Infinity);
}

export function replicationFailed(facts: Facts): Reason | undefined {
  const failed = facts.replications.find(({ phase }) => phase === 'Failed');
  return (
    failed &&
    because(facts, {
      code: 'REPLICATION_FAILED',
      severity: 'warning',
      message: `The last synchronisation of ${facts.component.name} failed (${failed.name} on ${failed.cluster})${failed.message ? `: ${failed.message}` : ''}`,
      evidence: [`replication: ${failed.id}`, `last synchronised: ${failed.lastSync ?? 'never'}`],
      fix: `Look at ${failed.name} in the namespace ${failed.namespace} of ${failed.cluster}.`,
    })
  );
}

/** Its target ended a synchronisation, and holds nothing. */
export function replicationEmpty(facts: Facts): Reason | undefined {
  const empty = facts.replications.find(({ role, holds, lastSync }) => role === 'target' && holds === false && lastSync !== undefined);
  return (
    empty &&
    because(facts, {
      code: 'REPLICATION_EMPTY',
      severity: 'warning',
      message: `The copy of ${facts.component.name} on ${empty.cluster} holds nothing, although ${empty.name} was synchronised`,
      evidence: [`replication: ${empty.id}`, `last synchronised: ${empty.lastSync}`],
      fix: `Look whether its source and ${empty.name} in the namespace ${empty.namespace} of ${empty.cluster} use one repository.`,
    })
  );
}
