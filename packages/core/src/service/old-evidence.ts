import { DrError } from '../errors.ts';
import { isIntact } from '../execution/evidence.ts';
import { newestOfEach } from '../execution/journal-copies.ts';
import type { Operation } from '../execution/model.ts';
import type { JournalEntry } from '../ports/journal.ts';
import type { ApplicationStatus } from './model.ts';
import type { OperationsDeps } from './operations.ts';

/** As `DrService.removeOldEvidence`. `statuses`: with the policy of each component; asked for only where it matters. */
export async function removeOldEvidence(
  deps: OperationsDeps,
  statuses: () => Promise<readonly ApplicationStatus[]>,
  { keepFor, onLeft, signal }: { keepFor?: number; onLeft?: (drill: Operation, error: DrError) => void; signal?: AbortSignal },
): Promise<Operation[]> {
  // What a silent cluster keeps is found by the next round.
  const lists = await Promise.all(deps.clusters.map(({ name }) => deps.journal.list(name, signal).catch(nothing)));
  await Promise.all(deps.clusters.map(({ name }) => deps.journal.removeLeft(name, signal).catch(nothing)));
  const entries = lists.flat();
  const candidates = await surpassed(newestOfEach(entries).map(({ operation }) => operation));
  if (candidates.length === 0) return [];
  const applications = await statuses();
  const removed: Operation[] = [];
  for (const drill of candidates) {
    signal?.throwIfAborted();
    try {
      if (!(await isOld(drill, applications, keepFor, deps))) continue;
      const kept = entries.filter(({ operation }) => operation.id === drill.id);
      // Copies first: as long as the journal itself is there, nobody takes a copy for what is left of it.
      for (const entry of [...kept.filter(isCopy), ...kept.filter((one) => !isCopy(one))]) await deps.journal.remove(entry);
      removed.push(drill);
    } catch (thrown) {
      if (!(thrown instanceof DrError)) throw thrown;
      onLeft?.(drill, thrown);
    }
  }
  return removed;
}

async function isOld(
  drill: Operation,
  applications: readonly ApplicationStatus[],
  keepFor: number | undefined,
  { clusters, clock }: OperationsDeps,
): Promise<boolean> {
  const kept = keptFor(drill, applications, keepFor);
  if (kept === undefined) return false;
  // Whoever keeps it has dated it.
  const home = clusters.find(({ name }) => name === drill.plan.home);
  const now = home ? await home.now() : clock.now();
  return now.getTime() - Date.parse(drill.endedAt ?? '') > kept;
}

function isCopy({ copyOf }: JournalEntry): boolean {
  return copyOf !== undefined;
}

function nothing(error: unknown): JournalEntry[] {
  if (error instanceof DrError) return [];
  throw error;
}

/**
 * Ended drills that all of their components have outlived: each was proven again by a newer drill that succeeded, and whose evidence
 * is what its hash says. One that left something behind is not among them: its journal names what.
 */
export async function surpassed(operations: readonly Operation[]): Promise<Operation[]> {
  const provenAt = new Map<string, number>();
  for (const { plan, state, evidence, endedAt } of operations) {
    if (plan.intent !== 'Drill' || state !== 'Succeeded' || !evidence || !(await isIntact(evidence))) continue;
    const at = Date.parse(endedAt ?? '');
    if (!Number.isFinite(at)) continue;
    for (const component of plan.components) {
      const key = keyOf(plan.application, component);
      provenAt.set(key, Math.max(provenAt.get(key) ?? 0, at));
    }
  }
  return operations.filter(
    ({ plan, evidence, cleanUp, endedAt }) =>
      plan.intent === 'Drill' &&
      evidence !== undefined &&
      cleanUp?.endedAt !== undefined &&
      plan.components.length > 0 &&
      plan.components.every((component) => (provenAt.get(keyOf(plan.application, component)) ?? 0) > Date.parse(endedAt ?? '')),
  );
}

/**
 * How long the evidence of a drill is kept, milliseconds: what the policy of each component says, else `otherwise`; of several the
 * longest. Undefined: for ever, where nobody says anything for one of them.
 */
export function keptFor({ plan }: Operation, applications: readonly ApplicationStatus[], otherwise?: number): number | undefined {
  const status = applications.find(({ application }) => application.name === plan.application);
  const each = plan.components.map(
    (name) => status?.components.find(({ component }) => component.name === name)?.policy?.drills?.keepFor ?? otherwise,
  );
  const told = each.filter((one) => one !== undefined);
  return told.length > 0 && told.length === each.length ? Math.max(...told) : undefined;
}

function keyOf(application: string, component: string): string {
  return JSON.stringify([application, component]);
}
