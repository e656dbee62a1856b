import { annotations } from '../application/model.ts';
import type { JournalEntry } from '../ports/journal.ts';
import type { KubeObject } from '../ports/kubernetes.ts';

/** 0 for one that was written before there were copies, or by hand. */
export function revisionOf({ metadata }: KubeObject): number {
  const revision = Number(metadata.annotations?.[annotations.revision] ?? 0);
  return Number.isSafeInteger(revision) && revision > 0 ? revision : 0;
}

/** Of what several clusters keep of one operation: the newest, of equals the one that is no copy. */
export function newestOf(entries: readonly JournalEntry[]): JournalEntry | undefined {
  let newest: JournalEntry | undefined;
  for (const entry of entries) if (!newest || isNewer(entry, newest)) newest = entry;
  return newest;
}

/** Each operation once, in the order in which they come. */
export function newestOfEach(entries: readonly JournalEntry[]): JournalEntry[] {
  const byId = new Map<string, JournalEntry>();
  for (const entry of entries) {
    const before = byId.get(entry.operation.id);
    if (!before || isNewer(entry, before)) byId.set(entry.operation.id, entry);
  }
  return [...byId.values()];
}

function isNewer(one: JournalEntry, other: JournalEntry): boolean {
  if (one.revision !== other.revision) return one.revision > other.revision;
  return one.copyOf === undefined && other.copyOf !== undefined;
}
