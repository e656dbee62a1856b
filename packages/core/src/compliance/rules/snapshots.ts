import type { Reason } from '../../reason.ts';
import { type Facts, because, newestUsable } from '../facts.ts';

/** All that is usable, or might be, lies in the storage that it was taken of. */
export function snapshotsOnly(facts: Facts): Reason | undefined {
  const newest = newestUsable(facts);
  if (!newest || facts.claims.length === 0) return undefined;
  if (facts.points.some(({ point, usable }) => usable !== 'no' && point.keptIn !== 'storage')) return undefined;
  return because(facts, {
    code: 'SNAPSHOTS_ONLY',
    severity: 'warning',
    message: `every usable copy of ${facts.component.name} is a snapshot in the storage of ${facts.cluster.name}${newest.goesWithNamespace ? ', and is deleted with its namespace' : ''}`,
    evidence: [`point: ${newest.id}`],
    fix: 'Let an engine that copies the data elsewhere make a point as well, from time to time.',
  });
}

export function configurationNotCaptured(facts: Facts): Reason | undefined {
  const newest = newestUsable(facts);
  if (!newest || facts.points.some(({ point, usable }) => usable !== 'no' && point.holds !== 'data')) return undefined;
  return because(facts, {
    code: 'CONFIGURATION_NOT_CAPTURED',
    severity: 'warning',
    message: `every usable point of ${facts.component.name} holds data alone: what runs with it does not come back`,
    evidence: [`point: ${newest.id}`],
    fix: 'Let an engine that captures objects make a point as well, from time to time.',
  });
}
