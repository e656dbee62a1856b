import { labels } from '@kubectl-dr/core/application/model';
import { DrError } from '@kubectl-dr/core/errors';
import { createJournal } from '@kubectl-dr/core/execution/journal';
import { entriesOf, entryOf } from '@kubectl-dr/core/execution/journal-entry';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Journal, JournalEntry } from '@kubectl-dr/core/ports/journal';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { Selection, WatchReader } from '@kubectl-dr/kubernetes';

const selectionName = 'journal';

/** What a WatchReader has to keep for a `JournalIndex`. */
export function journalSelection(namespace: string): Selection {
  return { name: selectionName, type: types.configMaps, namespace, labelSelector: labels.operation };
}

/** Operations as the watches saw them last; writing, and reading before a write, goes to the cluster. */
export class JournalIndex implements Journal {
  private readonly reader: WatchReader;
  private readonly clusters: readonly ClusterClient[];
  private readonly live: Journal;
  /** Decoded once per version: the watch gives a new object for each. */
  private readonly decoded = new WeakMap<KubeObject, JournalEntry | DrError>();

  constructor(reader: WatchReader, clusters: readonly ClusterClient[], namespace: string) {
    this.reader = reader;
    this.clusters = clusters;
    this.live = createJournal(clusters, namespace);
  }

  create(cluster: string, operation: Operation): Promise<JournalEntry> {
    return this.live.create(cluster, operation);
  }

  update(entry: JournalEntry, operation: Operation): Promise<JournalEntry> {
    return this.live.update(entry, operation);
  }

  remove(entry: JournalEntry): Promise<void> {
    return this.live.remove(entry);
  }

  read(cluster: string, id: string): Promise<JournalEntry> {
    return this.live.read(cluster, id);
  }

  async list(cluster: string): Promise<JournalEntry[]> {
    return this.entriesOn(cluster);
  }

  removeLeft(cluster: string, signal?: AbortSignal): Promise<string[]> {
    return this.live.removeLeft(cluster, signal);
  }

  /** Of all clusters; one that is mirrored on several is there several times. */
  entries(): JournalEntry[] {
    return this.clusters.flatMap(({ name }) => this.entriesOn(name));
  }

  private entriesOn(cluster: string): JournalEntry[] {
    return entriesOf(this.reader.objects(cluster, selectionName), cluster, (object) => {
      let entry = this.decoded.get(object);
      if (entry === undefined) {
        entry = decoded(object, cluster);
        this.decoded.set(object, entry);
      }
      if (entry instanceof DrError) throw entry;
      return entry;
    });
  }
}

function decoded(object: KubeObject, cluster: string): JournalEntry | DrError {
  try {
    return entryOf(object, cluster);
  } catch (error) {
    if (error instanceof DrError) return error;
    throw error;
  }
}
