import { terminalStates } from '@kubectl-dr/core/execution/states';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { ApplicationStatus, ComponentStatus } from '@kubectl-dr/core/service/model';

export interface DueDrill {
  application: string;
  /** Those that have to be proven again, and have a point to prove. */
  components: string[];
  /** When the one whose proof is the oldest was proven, epoch milliseconds; 0: never. */
  since: number;
  /** The cluster that their policy names; absent: where they run. */
  on?: string;
  /** Where that is, as far as the policy, the catalog or the clusters name it. */
  clusters: string[];
}

/** After a drill that failed or was cancelled the next one waits as long, milliseconds; less where the policy asks for one sooner. */
const patience = 86_400_000;

/**
 * What its policy wants proven again, never proven first, then the oldest proof; of an application whose parts are to be tried on several
 * clusters, one after the other. Not: what has no usable point (its verdict says so
 * already), what an operation runs on, and what failed a moment ago.
 */
export function dueDrills(applications: readonly ApplicationStatus[], operations: readonly Operation[], now: Date): DueDrill[] {
  const ofApplication = new Map<string, Operation[]>();
  for (const operation of operations) {
    const { application } = operation.plan;
    const list = ofApplication.get(application);
    if (list) list.push(operation);
    else ofApplication.set(application, [operation]);
  }
  return applications
    .flatMap((status): DueDrill[] => {
      const { name } = status.application;
      const past = ofApplication.get(name) ?? [];
      if (past.some(({ state }) => !terminalStates.includes(state))) return [];
      const due = status.components.filter((component) => isDue(component, past, now));
      const since = Math.min(...due.map((component) => provenAt(component, past)));
      const first = due.find((component) => provenAt(component, past) === since);
      if (!first) return [];
      const on = first.policy?.drills?.on;
      const together = due.filter(({ policy }) => policy?.drills?.on === on);
      return [
        {
          application: name,
          components: together.map(({ component }) => component.name),
          since,
          ...(on !== undefined && { on }),
          clusters: on === undefined ? clustersOf(together) : [on],
        },
      ];
    })
    .sort((a, b) => a.since - b.since || (a.application < b.application ? -1 : 1));
}

function clustersOf(components: readonly ComponentStatus[]): string[] {
  return [...new Set(components.flatMap(({ component }) => component.placements.flatMap(({ cluster }) => cluster ?? [])))];
}

function isDue(status: ComponentStatus, past: readonly Operation[], now: Date): boolean {
  const every = status.policy?.drills?.every;
  if (every === undefined || !status.point) return false;
  if (now.getTime() - provenAt(status, past) <= every) return false;
  return !past.some(
    ({ plan, state, endedAt }) =>
      plan.intent === 'Drill' &&
      state !== 'Succeeded' &&
      plan.components.includes(status.component.name) &&
      now.getTime() - Date.parse(endedAt ?? '') < Math.min(every, patience),
  );
}

/** Where the policy names a cluster, only what was proven there counts. */
function provenAt({ component, policy, proof }: ComponentStatus, past: readonly Operation[]): number {
  const on = policy?.drills?.on;
  if (on === undefined) return (proof && Date.parse(proof.at)) || 0;
  const proven = past.filter(
    ({ plan, state }) =>
      plan.intent === 'Drill' &&
      state === 'Succeeded' &&
      plan.components.includes(component.name) &&
      plan.target.some(({ cluster }) => cluster === on),
  );
  return Math.max(0, ...proven.map(({ endedAt }) => Date.parse(endedAt ?? '') || 0));
}
