import type { Plan } from '../planning/model.ts';
import type { RestoreDiff } from './port.ts';

/** The part of a restore's plan that `diff` shows. */
export function diffOf(plan: Plan): RestoreDiff {
  const { application, components, mode, points, skewSeconds, changes, dataLoss, estimate, blockers, warnings } = plan;
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
