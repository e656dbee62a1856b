import { InputError } from '@kubectl-dr/core/errors';
import { ownerRef } from '@kubectl-dr/core/application/entity-ref';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import { type Key, compareKeys, keyOf } from '../index/urgency.ts';

export interface ApplicationFilter {
  owner?: string[];
  verdict?: string[];
  cluster?: string[];
  q?: string;
}

/** Whether an application is wanted. An owner is meant of the application or of one of its components. */
export function matchesFilter({ application, verdict }: ApplicationStatus, filter: ApplicationFilter): boolean {
  if (filter.verdict && !filter.verdict.includes(verdict)) return false;
  if (filter.owner) {
    const wanted = new Set(filter.owner.map((text) => ownerRef(text) ?? text));
    const owners = [application.owner, ...application.components.map(({ owner }) => owner)];
    if (!owners.some((owner) => owner !== undefined && wanted.has(owner))) return false;
  }
  if (filter.cluster) {
    const clusters = application.components.flatMap(({ placements }) => placements.map(({ cluster }) => cluster));
    if (!clusters.some((cluster) => cluster !== undefined && filter.cluster!.includes(cluster))) return false;
  }
  if (filter.q !== undefined && filter.q.trim() !== '') {
    const text = `${application.name} ${application.title ?? ''}`.toLowerCase();
    if (!text.includes(filter.q.trim().toLowerCase())) return false;
  }
  return true;
}

export interface Page {
  items: ApplicationStatus[];
  nextCursor?: string;
}

/** The part of a sorted list after the cursor. A cursor names the last item seen, so that a changing list has no gaps. */
export function pageOf(sorted: readonly ApplicationStatus[], limit: number, cursor: string | undefined): Page {
  const after = cursor === undefined ? undefined : decode(cursor);
  const rest = after ? sorted.filter((status) => compareKeys(keyOf(status), after) > 0) : sorted;
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(rest.length > limit && last && { nextCursor: encode(keyOf(last)) }) };
}

function encode(key: Key): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decode(cursor: string): Key {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.length === 2 && typeof key[0] === 'number' && typeof key[1] === 'string') return [key[0], key[1]];
  } catch {
    // said below
  }
  throw new InputError('cursor is not one that this API gave out', { hint: 'Start without a cursor.' });
}
