import type { Reason } from '../reason.ts';
import { type Verdict, verdicts } from '../service/model.ts';
import type { Facts, Rule } from './facts.ts';
import { replicationEmpty, replicationFailed, replicationLags, replicationStopped, rpoBreached } from './rules/breached.ts';
import { databaseWithoutHook } from './rules/consistency.ts';
import { lastRunDegraded, lastRunDegradedElsewhere, lastRunFailed, newestIncomplete } from './rules/last-run.ts';
import { locationMissing, locationReadOnly, locationUnavailable } from './rules/locations.ts';
import { engineHidden, noPolicy, policyProblem, workloadNotReady } from './rules/notes.ts';
import { moveUnfinished } from './rules/unfinished-move.ts';
import {
  noSchedule,
  pointExpiresFirst,
  retentionTooShort,
  scheduleOverdue,
  scheduleTooSlow,
  someScheduleInvalid,
} from './rules/schedules.ts';
import { configurationNotCaptured, snapshotsOnly } from './rules/snapshots.ts';
import * as unknown from './rules/unknown.ts';
import { neverBackedUp, noEngine, noUsablePoint, schedulesInvalid, schedulesPaused } from './rules/unprotected.ts';
import { drillOverdue, neverDrilled, rtoExceeded } from './rules/unproven.ts';

/**
 * Where one of these finds a reason, nothing more can be said: what would follow from it is not told as well.
 * In the order in which they explain each other.
 */
const blind: readonly Rule[] = [
  unknown.noPlacement,
  unknown.unknownCluster,
  unknown.clusterUnreachable,
  unknown.placementUnclaimed,
  unknown.namespaceMissing,
  unknown.readingFailed,
  unknown.nothingSelected,
];

/** What each rule means for the verdict when it finds a reason. `undefined`: worth knowing, and no more. */
const table: readonly (readonly [Verdict | undefined, readonly Rule[]])[] = [
  ['Unknown', [unknown.contentsUnread]],
  ['Unprotected', [noEngine, neverBackedUp, noUsablePoint, schedulesPaused, schedulesInvalid]],
  ['Breached', [rpoBreached, replicationStopped]],
  [
    'AtRisk',
    [
      lastRunFailed,
      lastRunDegraded,
      newestIncomplete,
      locationUnavailable,
      locationMissing,
      locationReadOnly,
      scheduleTooSlow,
      scheduleOverdue,
      pointExpiresFirst,
      retentionTooShort,
      noSchedule,
      someScheduleInvalid,
      replicationLags,
      replicationFailed,
      replicationEmpty,
      databaseWithoutHook,
      snapshotsOnly,
      configurationNotCaptured,
      policyProblem,
      moveUnfinished,
    ],
  ],
  ['Unproven', [neverDrilled, drillOverdue, rtoExceeded]],
  [undefined, [noPolicy, lastRunDegradedElsewhere, workloadNotReady, engineHidden]],
];

export interface Judgement {
  verdict: Verdict;
  /** Those that decided the verdict first. */
  reasons: Reason[];
}

/** The verdict on a component in one place. Pure and total. */
export function judge(facts: Facts): Judgement {
  for (const rule of blind) {
    const reason = rule(facts);
    if (reason) return { verdict: 'Unknown', reasons: [reason] };
  }
  let verdict: Verdict = 'Protected';
  const reasons: Reason[] = [];
  for (const [meaning, rules] of table) {
    const found = rules.flatMap((rule) => rule(facts) ?? []);
    if (found.length > 0 && meaning !== undefined) verdict = worst(verdict, meaning);
    reasons.push(...found);
  }
  return { verdict, reasons };
}

export function worst(a: Verdict, b: Verdict): Verdict {
  return verdicts.indexOf(a) <= verdicts.indexOf(b) ? a : b;
}

/** Several judgements as one: the worst verdict, every reason once, those of the worst first. */
export function combine(judgements: readonly Judgement[]): Judgement {
  const sorted = [...judgements].sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict));
  const seen = new Set<string>();
  const reasons = sorted
    .flatMap((judgement) => judgement.reasons)
    .filter(({ code, component, cluster, message }) => {
      const key = JSON.stringify([code, component, cluster, message]);
      return !seen.has(key) && seen.add(key);
    });
  return { verdict: sorted[0]?.verdict ?? 'Unknown', reasons };
}

/** Every rule by name: for tests that each one fires. */
export const rules: readonly Rule[] = [...blind, ...table.flatMap(([, list]) => list)];
