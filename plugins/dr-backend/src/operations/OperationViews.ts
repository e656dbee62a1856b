import { newestOf, newestOfEach } from '@kubectl-dr/core/execution/journal-copies';
import { newestFirst } from '@kubectl-dr/core/service/operations';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { JournalIndex } from '../index/JournalIndex.ts';
import type { OperationRunner } from './OperationRunner.ts';

/** Operations of all clusters, whoever runs them; nothing is asked of a cluster. */
export class OperationViews {
  private readonly journal: JournalIndex;
  private readonly runner: OperationRunner;
  private versions: ReadonlyMap<string, string> = new Map();

  constructor(journal: JournalIndex, runner: OperationRunner) {
    this.journal = journal;
    this.runner = runner;
  }

  /** Newest first. */
  all(): Operation[] {
    const byId = new Map<string, Operation>();
    for (const operation of this.runner.operations()) byId.set(operation.id, operation);
    for (const { operation } of newestOfEach(this.journal.entries())) if (!byId.has(operation.id)) byId.set(operation.id, operation);
    return [...byId.values()].sort(newestFirst);
  }

  get(id: string): Operation | undefined {
    return this.runner.get(id) ?? newestOf(this.journal.entries().filter(({ operation }) => operation.id === id))?.operation;
  }

  /** Ids of those whose journal is another than at the last call. */
  changed(): string[] {
    const versions = new Map(this.journal.entries().map(({ cluster, operation, version }) => [`${cluster}/${operation.id}`, version]));
    const ids = [...versions]
      .filter(([key, version]) => this.versions.get(key) !== version)
      .map(([key]) => key.slice(key.indexOf('/') + 1));
    this.versions = versions;
    return [...new Set(ids)];
  }
}
