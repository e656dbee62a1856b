import type { RecoveryPoint } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { PointUse } from '../../service/model.ts';
import { type Facts, activeSchedules, because, isFinished } from '../facts.ts';

/**
 * The newest finished point of every schedule that runs, and of what was made by hand when nothing newer is usable:
 * old failures that a later success has made up for are no news.
 */
function lastRuns(facts: Facts): PointUse[] {
  const newest = (of: (point: RecoveryPoint) => boolean = () => true): PointUse | undefined =>
    facts.points.find(({ point }) => of(point) && isFinished(point));
  const runs = activeSchedules(facts).map(({ schedule }) =>
    newest((point) => point.schedule === schedule.name && point.engine === schedule.engine),
  );
  return [...new Set([newest(), ...runs])].filter((use) => use !== undefined);
}

function told(point: RecoveryPoint): string {
  return point.message ? `: ${point.message}` : '';
}

function origin(point: RecoveryPoint): string {
  return point.schedule === undefined ? 'The last backup' : `The last run of ${point.schedule}`;
}

export function lastRunFailed(facts: Facts): Reason | undefined {
  const failed = lastRuns(facts).find(({ point }) => point.phase === 'Failed')?.point;
  return (
    failed &&
    because(facts, {
      code: 'LAST_RUN_FAILED',
      severity: 'warning',
      message: `${origin(failed)} failed (${failed.name}, ${failed.nativePhase})${told(failed)}`,
      evidence: [`point: ${failed.id}`, `phase: ${failed.nativePhase}`],
      fix: `kubectl dr describe point ${failed.name}`,
    })
  );
}

function degraded(facts: Facts, usable: (use: PointUse) => boolean, severity: Reason['severity'], note: string): Reason | undefined {
  const point = lastRuns(facts).find((use) => use.point.phase === 'Degraded' && usable(use))?.point;
  return (
    point &&
    because(facts, {
      code: 'LAST_RUN_DEGRADED',
      severity,
      message: `${origin(point)} was only partly successful (${point.name}, ${point.nativePhase})${note}${told(point)}`,
      evidence: [`point: ${point.id}`, `phase: ${point.nativePhase}`, ...(point.errors === undefined ? [] : [`errors: ${point.errors}`])],
      fix: `kubectl dr describe point ${point.name}`,
    })
  );
}

export function lastRunDegraded(facts: Facts): Reason | undefined {
  return degraded(facts, ({ usable }) => usable !== 'yes', 'warning', '');
}

/** Something failed, but nothing of this component: worth knowing, and no risk for it. */
export function lastRunDegradedElsewhere(facts: Facts): Reason | undefined {
  return degraded(facts, ({ usable }) => usable === 'yes', 'info', `, but everything of ${facts.component.name} is in it`);
}

const incomplete = new Set<Reason['code']>(['VOLUME_NOT_CAPTURED', 'VOLUME_EMPTY', 'ITEMS_FAILED']);

/** The newest finished point left something of the component out, although the engine may call it a success. */
export function newestIncomplete(facts: Facts): Reason | undefined {
  const newest = facts.points.find(({ point }) => isFinished(point));
  const reason = newest?.usable === 'no' ? newest.reasons.find(({ code }) => incomplete.has(code)) : undefined;
  return reason && because(facts, { ...reason, severity: 'warning', fix: reason.fix ?? `kubectl dr describe point ${newest!.point.name}` });
}
