import type { Reason } from '../reason.ts';
import { words } from './in-place/figures.ts';
import type { PlanRequest } from './model.ts';

/** Did somebody name a point or a moment to fail over to? */
export function namesPast({ intent, point }: Pick<PlanRequest, 'intent' | 'point'>): boolean {
  return intent === 'Failover' && point !== undefined && point !== '' && point !== 'latest';
}

/**
 * Whoever goes back to an older moment leaves newer data behind that is there: a blocker until that is accepted, then a warning. `taken`
 * and `newest`: from when the data is that is taken, and the newest that the target has; milliseconds.
 */
export function leftOut(
  request: Pick<PlanRequest, 'acceptDataLoss'>,
  { component, cluster }: { component: string; cluster: string },
  taken: number,
  newest: number,
): Reason[] {
  const seconds = Math.floor((newest - taken) / 1000);
  if (!(seconds > 0)) return [];
  const accepted = request.acceptDataLoss === true;
  const [older, newer] = [new Date(taken).toISOString(), new Date(newest).toISOString()];
  return [
    {
      code: 'NEWER_DATA_LEFT',
      severity: accepted ? 'warning' : 'blocker',
      component,
      cluster,
      message: `${component} goes back to ${older}, and ${cluster} has data of it of ${newer}: ${words(seconds)} that are there are left behind`,
      ...(accepted && { evidence: ['accepted: the loss'] }),
      fix: accepted
        ? 'nothing, if that is meant; else leave the point out: the newest is taken'
        : 'accept the loss: --accept-data-loss; or leave the point out: the newest is taken',
    },
  ];
}
