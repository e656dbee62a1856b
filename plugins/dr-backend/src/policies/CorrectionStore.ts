import type { Correction } from '@kubectl-dr/backstage-plugin-dr-common';
import type { PolicyChange } from '@kubectl-dr/core/policy/rendering/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Database } from '../database/migrate.ts';

interface Row {
  cluster: string;
  object: string;
  application: string;
  action: string;
  at: string;
  error: string | null;
}

/** What nobody corrected for that long is forgotten, milliseconds. */
const remembered = 90 * 86_400_000;

/** Per object of a policy, the last time that the portal wrote it or tried to: all replicas show the same. */
export class CorrectionStore {
  private readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  async record(change: PolicyChange, error?: string): Promise<void> {
    const now = this.clock.now();
    const row: Row = {
      cluster: change.cluster,
      object: objectName(change),
      application: change.application,
      action: change.action,
      at: now.toISOString(),
      error: error ?? null,
    };
    await this.database<Row>('policy_corrections').insert(row).onConflict(['cluster', 'object']).merge();
    const old = new Date(now.getTime() - remembered).toISOString();
    await this.database<Row>('policy_corrections').where('at', '<', old).delete();
  }

  /** Newest first. */
  async of(applications: readonly string[]): Promise<Correction[]> {
    const wanted = new Set(applications);
    const rows = await this.database<Row>('policy_corrections').orderBy('at', 'desc').limit(10_000);
    return rows.flatMap(({ error, action, ...row }) =>
      wanted.has(row.application) ? [{ ...row, action: action as Correction['action'], ...(error !== null && { error }) }] : [],
    );
  }
}

/** `Schedule velero/dr-shop-shop`. */
export function objectName({ type, object: { metadata } }: Pick<PolicyChange, 'type' | 'object'>): string {
  return `${type.kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
