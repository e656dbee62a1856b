import type { Plan } from '../planning/model.ts';
import type { RestoreDiff } from './port.ts';

/** The part of a restore's plan that `diff` shows. */
export function diffOf(plan: Plan): RestoreDiff {
  const { application, components, mode, points, skewSeconds, changes, dataLoss, estimate, warnings } = plan;
  // To look needs no right to change anything.
  const blockers = plan.blockers.filter(({ code }) => code !== 'PERMISSION_MISSING');
  return {
    application,
    components,
    ...(mode && { mode }),
    points,
    ...(skewSeconds !== undefined && { skewSeconds }),
    changes,
    dataLoss,
    ...(estimate && { estimate }),
    blockers,
    warnings,
  };
}
