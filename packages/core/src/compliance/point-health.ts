import { timeOf } from '../application/raw.ts';
import type { RecoveryPoint, StorageLocation } from '../protection/model.ts';
import type { Reason } from '../reason.ts';
import { formatAge } from '../text/age.ts';

/** The storage locations of one cluster. */
export interface Locations {
  /** By `engine/name`. */
  byName: ReadonlyMap<string, StorageLocation>;
  /** Engines whose locations could be read: only then is an unknown name a deleted location. */
  readable: ReadonlySet<string>;
}

/** A capture that started a little in the future is a clock that differs a little, as with points of another cluster. */
const clockTolerance = 5 * 60_000;

/**
 * Why nobody can restore from a point, whatever the component: it failed, is not finished, has expired, or its
 * location is gone. Undefined for a point that is worth a look inside.
 */
export function pointTrouble(point: RecoveryPoint, locations: Locations, now: Date): Reason | undefined {
  return phaseTrouble(point) ?? timeTrouble(point, now) ?? locationTrouble(point, locations);
}

function phaseTrouble(point: RecoveryPoint): Reason | undefined {
  const said = point.message === undefined || point.message === '' ? '' : `: ${point.message}`;
  switch (point.phase) {
    case 'Succeeded':
    case 'Degraded':
      return undefined;
    case 'Pending':
    case 'Running':
      return reason(point, 'POINT_UNFINISHED', 'info', `${point.name} is ${point.nativePhase || point.phase}${said}`);
    case 'Failed':
      return reason(point, 'POINT_FAILED', 'warning', `${point.name} is ${point.nativePhase || point.phase}${said}`);
    case 'Deleting':
      return reason(point, 'POINT_EXPIRED', 'info', `${point.name} is being deleted`);
    default:
      return reason(point, 'BAD_OBJECT', 'warning', `${point.name} has the phase ${JSON.stringify(point.nativePhase)}, which is not known`);
  }
}

function timeTrouble(point: RecoveryPoint, now: Date): Reason | undefined {
  const captured = timeOf(point.capturedAt);
  if (captured === undefined) {
    return reason(
      point,
      'BAD_OBJECT',
      'warning',
      `${point.name} does not say when its capture started, so the age of its data is not known`,
    );
  }
  if (captured - now.getTime() > clockTolerance) {
    return reason(point, 'BAD_OBJECT', 'warning', `${point.name} claims to be from the future: ${point.capturedAt}`);
  }
  const expires = timeOf(point.expiresAt);
  if (expires === undefined || expires > now.getTime() || point.removedBy === 'plan') return undefined;
  return reason(point, 'POINT_EXPIRED', 'info', `${point.name} expired ${formatAge(now.getTime() - expires)} ago`);
}

function locationTrouble(point: RecoveryPoint, locations: Locations): Reason | undefined {
  if (point.location === undefined) return undefined;
  const location = locations.byName.get(`${point.engine}/${point.location}`);
  if (!location) {
    if (!locations.readable.has(point.engine)) return undefined;
    return reason(
      point,
      'LOCATION_MISSING',
      'warning',
      `${point.name} lies in the storage location ${point.location}, which no longer exists on ${point.cluster}`,
    );
  }
  if (location.phase !== 'Unavailable') return undefined;
  return reason(
    point,
    'LOCATION_UNAVAILABLE',
    'warning',
    `${point.name} lies in the storage location ${point.location} on ${point.cluster}, which is unavailable${location.message ? `: ${location.message}` : ''}`,
  );
}

function reason(point: RecoveryPoint, code: Reason['code'], severity: Reason['severity'], message: string): Reason {
  return {
    code,
    severity,
    message,
    cluster: point.cluster,
    evidence: [`point: ${point.id}`, `phase: ${point.nativePhase || point.phase}`],
  };
}
