import type { WireReason } from '@kubectl-dr/core/wire/common';
import type { PortalApplication } from '../../api/drApi.ts';
import type { Verdict } from '../verdict/verdicts.ts';

/** What a card is about: a whole application, or one component of it. */
export interface Subject {
  verdict: Verdict;
  reasons: WireReason[];
  point?: { time?: string; ageSeconds?: number };
  objectiveSeconds?: number;
  nextRun?: string;
  policy?: string;
  /** Last successful restore as a test. */
  provenAt?: string;
}

export function subjectOf(application: PortalApplication, component: string | undefined): Subject {
  const { spec, status } = application;
  const part = component === undefined ? undefined : status.components.find((candidate) => candidate.name === component);
  if (part) {
    return {
      verdict: part.verdict,
      reasons: part.reasons,
      point: part.recoveryPoint,
      objectiveSeconds: part.rpo.objectiveSeconds,
      nextRun: part.nextRun,
      policy: part.policy ?? spec.policy,
      provenAt: part.rto.provenAt,
    };
  }
  return {
    verdict: status.verdict,
    reasons: status.reasons,
    point: status.recoveryPoint,
    objectiveSeconds: status.rpo.objectiveSeconds,
    nextRun: status.nextRun,
    policy: spec.policy,
    provenAt: status.rto.provenAt,
  };
}
