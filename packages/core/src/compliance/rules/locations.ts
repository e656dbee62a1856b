import type { StorageLocation } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import { type Facts, activeSchedules, because, isFinished } from '../facts.ts';

/** A schedule's location that is as asked, with the schedule. */
function targeted(
  facts: Facts,
  wanted: (location: StorageLocation) => boolean,
): { location: StorageLocation; schedule: string } | undefined {
  for (const { location, schedule } of activeSchedules(facts)) {
    if (location !== undefined && location !== 'missing' && wanted(location)) return { location, schedule: schedule.name };
  }
  return undefined;
}

/** The location of the newest finished point, or of a schedule, does not answer. */
export function locationUnavailable(facts: Facts): Reason | undefined {
  const newest = facts.points.find(({ point }) => isFinished(point));
  const ofPoint = newest?.reasons.find(({ code }) => code === 'LOCATION_UNAVAILABLE');
  if (ofPoint) return because(facts, { ...ofPoint, severity: 'warning', fix: `kubectl dr describe location ${newest!.point.location}` });
  const found = targeted(facts, ({ phase }) => phase === 'Unavailable');
  return (
    found &&
    because(facts, {
      code: 'LOCATION_UNAVAILABLE',
      severity: 'warning',
      message: `${found.schedule} writes to the storage location ${found.location.name} on ${found.location.cluster}, which is unavailable${found.location.message ? `: ${found.location.message}` : ''}`,
      evidence: [`location: ${found.location.id}`],
      fix: `kubectl dr describe location ${found.location.name}`,
    })
  );
}

export function locationMissing(facts: Facts): Reason | undefined {
  const newest = facts.points.find(({ point }) => isFinished(point));
  const ofPoint = newest?.reasons.find(({ code }) => code === 'LOCATION_MISSING');
  if (ofPoint)
    return because(facts, { ...ofPoint, severity: 'warning', fix: `Create the storage location ${newest!.point.location} again.` });
  const found = activeSchedules(facts).find(({ location }) => location === 'missing')?.schedule;
  return (
    found &&
    because(facts, {
      code: 'LOCATION_MISSING',
      severity: 'warning',
      message: `${found.name} writes to the storage location ${found.location}, which does not exist on ${found.cluster}`,
      evidence: [`schedule: ${found.id}`],
      fix: `Create the storage location ${found.location} on ${found.cluster}, or correct the schedule ${found.name}.`,
    })
  );
}

export function locationReadOnly(facts: Facts): Reason | undefined {
  const found = targeted(facts, ({ accessMode }) => accessMode === 'ReadOnly');
  return (
    found &&
    because(facts, {
      code: 'LOCATION_READ_ONLY',
      severity: 'warning',
      message: `${found.schedule} writes to the storage location ${found.location.name} on ${found.location.cluster}, which is read-only: its runs will fail`,
      evidence: [`location: ${found.location.id}`],
      fix: `Make ${found.location.name} writable, or give ${found.schedule} another location.`,
    })
  );
}
