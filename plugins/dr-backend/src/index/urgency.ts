import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import { verdicts } from '@kubectl-dr/core/service/model';

/** Worst verdict first, then by name. */
export function byUrgency(a: ApplicationStatus, b: ApplicationStatus): number {
  return compareKeys(keyOf(a), keyOf(b));
}

/** Where an application stands in the list; `name` makes it the only one there. */
export type Key = readonly [rank: number, name: string];

export function keyOf({ verdict, application }: ApplicationStatus): Key {
  return [verdicts.indexOf(verdict), application.name];
}

export function compareKeys(a: Key, b: Key): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}
