import type { PortalApplication } from '../../api/drApi.ts';
import { type Verdict, verdictOrder } from '../verdict/verdicts.ts';

/** In the filter: applications that nobody claims. No entity ref looks like this. */
export const noOwner = 'none';

export interface FleetFilter {
  verdict?: Verdict;
  /** Entity ref, or `noOwner`. */
  owner?: string;
  /** Part of a name, title or owner. */
  q?: string;
}

export const verdictFrom = (text: string | undefined): Verdict | undefined => verdictOrder.find((verdict) => verdict === text);

/** Worst first, then by name: what is urgent is on the first page. */
export function worstFirst(applications: readonly PortalApplication[]): PortalApplication[] {
  const rank = (application: PortalApplication) => verdictOrder.indexOf(application.status.verdict);
  return [...applications].sort((a, b) => rank(a) - rank(b) || a.metadata.name.localeCompare(b.metadata.name));
}

function matchesText({ spec, metadata }: PortalApplication, q: string): boolean {
  return [metadata.name, spec.title, spec.owner].some((text) => text?.toLowerCase().includes(q));
}

/** By owner and text; the verdict is applied last, so that its counts can be shown beside the choice. */
export function inScope(applications: readonly PortalApplication[], { owner, q }: FleetFilter): PortalApplication[] {
  const needle = q?.trim().toLowerCase();
  return applications.filter(
    (application) => (!owner || (application.spec.owner ?? noOwner) === owner) && (!needle || matchesText(application, needle)),
  );
}

export function countByVerdict(applications: readonly PortalApplication[]): Record<Verdict, number> {
  const counts = Object.fromEntries(verdictOrder.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { status } of applications) counts[status.verdict] += 1;
  return counts;
}

export interface OwnerCounts {
  /** Entity ref, or `noOwner`. */
  owner: string;
  total: number;
  counts: Record<Verdict, number>;
}

/** Owners who would not get everything back in time, most of it first. */
export function troubleByOwner(applications: readonly PortalApplication[]): OwnerCounts[] {
  const byOwner = new Map<string, PortalApplication[]>();
  for (const application of applications) {
    const owner = application.spec.owner ?? noOwner;
    const list = byOwner.get(owner);
    if (list) list.push(application);
    else byOwner.set(owner, [application]);
  }
  const trouble = ({ counts }: OwnerCounts) => counts.Breached + counts.Unprotected + counts.Unknown;
  return [...byOwner]
    .map(([owner, list]) => ({ owner, total: list.length, counts: countByVerdict(list) }))
    .filter((entry) => trouble(entry) > 0)
    .sort((a, b) => trouble(b) - trouble(a) || a.owner.localeCompare(b.owner));
}

export interface Gap {
  id: string;
  application: PortalApplication;
  component: string;
  cluster: string;
  namespace: string;
  claim: string;
  state: 'skipped' | 'failed' | 'absent';
  message?: string;
}

/**
 * Volumes that no usable point holds: what would come back empty. Where there is no usable point at all this is true of
 * every volume; where the component could not be read it is not known, and its verdict says so.
 */
export function gapsOf(applications: readonly PortalApplication[]): Gap[] {
  return applications.flatMap((application) =>
    application.status.components.flatMap((component) =>
      component.volumes.flatMap(({ state: captured, cluster, namespace, claim, message }) => {
        const nothing = component.recoveryPoint === undefined && component.verdict !== 'Unknown';
        const state = captured === 'unknown' && nothing ? 'absent' : captured;
        if (state === 'captured' || state === 'unknown') return [];
        const id = [application.metadata.name, component.name, cluster, namespace, claim].join('/');
        return [{ id, application, component: component.name, cluster, namespace, claim, state, message }];
      }),
    ),
  );
}
