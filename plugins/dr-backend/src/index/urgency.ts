import type { ApplicationsQuery } from '@kubectl-dr/backstage-plugin-dr-common';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import { verdicts } from '@kubectl-dr/core/service/model';

export type Sort = NonNullable<ApplicationsQuery['sort']>;

/** Where an application stands in a sorted list; `name` makes it the only one there. */
export type Key = readonly [by: number | string, name: string];

const keys: Record<Sort, (status: ApplicationStatus) => number | string> = {
  verdict: ({ verdict }) => verdicts.indexOf(verdict),
  name: ({ application }) => (application.title ?? application.name).toLowerCase(),
  owner: ({ application }) => application.owner ?? '',
  // No data at all is older than any.
  age: ({ ageSeconds }) => ageSeconds ?? Number.MAX_SAFE_INTEGER,
};

export function keyOf(status: ApplicationStatus, sort: Sort): Key {
  return [keys[sort](status), status.application.name];
}

export function compareKeys([by, name]: Key, [otherBy, otherName]: Key): number {
  return by < otherBy ? -1 : by > otherBy ? 1 : name < otherName ? -1 : name > otherName ? 1 : 0;
}

export function sortedBy(sort: Sort, statuses: readonly ApplicationStatus[]): ApplicationStatus[] {
  return statuses
    .map((status) => ({ status, key: keyOf(status, sort) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ status }) => status);
}
