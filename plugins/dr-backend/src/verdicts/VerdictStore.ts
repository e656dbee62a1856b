import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Database } from '../database/migrate.ts';

/** `breached`: its newest usable data is older than the objective, or there is none. */
export type Standing = 'met' | 'breached';

export interface VerdictState {
  standing: Standing;
  since: Date;
  /** Whether the owner was told of it; `silent`: it was so when the portal saw it first, which is no news. */
  told: 'silent' | 'pending' | 'sent';
}

interface Row {
  application: string;
  state: string;
  since: string;
  told: string;
}

/** Rows written in one statement: SQLite takes a bounded number of values. */
const atOnce = 100;
/** An application that is gone for that long is new when it comes back, milliseconds. */
const remembered = 30 * 86_400_000;

/** How each application stood when somebody judged it last, for all replicas. */
export class VerdictStore {
  private readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  async all(): Promise<Map<string, VerdictState>> {
    const rows = await this.database<Row>('verdict_states').select();
    return new Map(
      rows.map(({ application, state, since, told }) => [
        application,
        { standing: state as Standing, since: new Date(since), told: told as VerdictState['told'] },
      ]),
    );
  }

  /** Applications that are seen for the first time. */
  async add(standings: ReadonlyMap<string, Standing>): Promise<void> {
    const since = this.clock.now().toISOString();
    const rows = [...standings].map(([application, state]): Row => ({ application, state, since, told: 'silent' }));
    for (let start = 0; start < rows.length; start += atOnce)
      await this.database<Row>('verdict_states')
        .insert(rows.slice(start, start + atOnce))
        .onConflict('application')
        .ignore();
  }

  /** False when it was not `from` any more: another replica was faster. */
  async move(application: string, from: VerdictState, to: Pick<VerdictState, 'standing' | 'told'>): Promise<boolean> {
    const since = from.standing === to.standing ? from.since : this.clock.now();
    const changed = await this.database<Row>('verdict_states')
      .where({ application, state: from.standing, told: from.told, since: from.since.toISOString() })
      .update({ state: to.standing, told: to.told, since: since.toISOString() });
    return changed === 1;
  }

  /** Forgets those that are in no fleet and have not changed for a month. */
  async forget(gone: readonly string[]): Promise<void> {
    const old = new Date(this.clock.now().getTime() - remembered).toISOString();
    for (let start = 0; start < gone.length; start += atOnce)
      await this.database<Row>('verdict_states')
        .whereIn('application', gone.slice(start, start + atOnce))
        .andWhere('since', '<', old)
        .delete();
  }
}
