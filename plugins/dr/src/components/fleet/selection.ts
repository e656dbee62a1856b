import { noOwner, type OwnerCounts } from '@kubectl-dr/backstage-plugin-dr-common';
import { type Verdict, verdictOrder } from '../verdict/verdicts.ts';

export interface FleetFilter {
  verdict?: Verdict;
  /** Entity ref, or `noOwner`. */
  owner?: string;
  /** Part of a name, title or owner. */
  q?: string;
}

export const verdictFrom = (text: string | undefined): Verdict | undefined => verdictOrder.find((verdict) => verdict === text);

/** In the filter: an entity ref, or `noOwner`. */
export const ownerKey = ({ owner }: Pick<OwnerCounts, 'owner'>): string => owner ?? noOwner;

/** Owners who would not get everything back in time, most of it first. */
export function inTrouble(owners: readonly OwnerCounts[]): OwnerCounts[] {
  const trouble = ({ verdicts }: OwnerCounts) => verdicts.Breached + verdicts.Unprotected + verdicts.Unknown;
  return owners.filter((entry) => trouble(entry) > 0).sort((a, b) => trouble(b) - trouble(a) || ownerKey(a).localeCompare(ownerKey(b)));
}
