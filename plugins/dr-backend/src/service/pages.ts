import type { ApplicationFilter, VerdictCounts } from '@kubectl-dr/backstage-plugin-dr-common';
import { noOwner } from '@kubectl-dr/backstage-plugin-dr-common';
import { InputError } from '@kubectl-dr/core/errors';
import { ownerRef } from '@kubectl-dr/core/application/entity-ref';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import { verdicts } from '@kubectl-dr/core/service/model';
import { type Key, type Sort, compareKeys, keyOf } from '../index/urgency.ts';

/** Whether an application is wanted. An owner is meant of the application or of one of its components. */
export function matchesFilter({ application, verdict }: ApplicationStatus, filter: ApplicationFilter): boolean {
  if (filter.verdict && !filter.verdict.includes(verdict)) return false;
  if (filter.owner) {
    const wanted = new Set(filter.owner.filter((text) => text !== noOwner).map((text) => ownerRef(text) ?? text));
    const owners = [application.owner, ...application.components.map(({ owner }) => owner)];
    const unclaimed = application.owner === undefined && filter.owner.includes(noOwner);
    if (!unclaimed && !owners.some((owner) => owner !== undefined && wanted.has(owner))) return false;
  }
  if (filter.cluster) {
    const clusters = application.components.flatMap(({ placements }) => placements.map(({ cluster }) => cluster));
    if (!clusters.some((cluster) => cluster !== undefined && filter.cluster!.includes(cluster))) return false;
  }
  if (filter.q !== undefined && filter.q.trim() !== '') {
    const text = `${application.name} ${application.title ?? ''} ${application.owner ?? ''}`.toLowerCase();
    if (!text.includes(filter.q.trim().toLowerCase())) return false;
  }
  return true;
}

/** How many stand where, also where none does. */
export function countsOf(statuses: readonly ApplicationStatus[]): VerdictCounts {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as VerdictCounts;
  for (const { verdict } of statuses) counts[verdict] += 1;
  return counts;
}

export interface Order {
  sort: Sort;
  order: 'ascending' | 'descending';
}

export interface Page {
  items: ApplicationStatus[];
  nextCursor?: string;
}

/**
 * The part after the cursor of a list that is sorted ascending. A cursor names the last item seen, so that a changing list has no gaps.
 * InputError for a cursor of another order.
 */
export function pageOf(ascending: readonly ApplicationStatus[], by: Order & { limit: number; cursor?: string | undefined }): Page {
  const { sort, order, limit } = by;
  const sorted = order === 'descending' ? ascending.toReversed() : ascending;
  const sign = order === 'descending' ? -1 : 1;
  const after = by.cursor === undefined ? undefined : decode(by.cursor, by);
  const rest = after ? sorted.filter((status) => sign * compareKeys(keyOf(status, sort), after) > 0) : sorted;
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(rest.length > limit && last && { nextCursor: encode(keyOf(last, sort), by) }) };
}

function encode(key: Key, { sort, order }: Order): string {
  return Buffer.from(JSON.stringify([sort, order, ...key])).toString('base64url');
}

function decode(cursor: string, { sort, order }: Order): Key {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts) && parts.length === 4) {
      const [itsSort, itsOrder, by, name] = parts as unknown[];
      const numbered = sort === 'verdict' || sort === 'age';
      if (itsSort === sort && itsOrder === order && typeof by === (numbered ? 'number' : 'string') && typeof name === 'string')
        return [by as number | string, name];
    }
  } catch {
    // said below
  }
  throw new InputError('cursor is not one that this API gave out for this order', { hint: 'Start without a cursor.' });
}
