import { NotFoundError } from '@kubectl-dr/core/errors';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Database } from '../database/migrate.ts';

interface Row {
  id: string;
  hash: string;
  plan: string;
  created_by: string;
  expires_at: string;
}

/** Expired plans are kept for this long, so that whoever executes one hears that it expired; milliseconds. */
const remembered = 3_600_000;

/** Plans as they were shown. What a browser sends back is only their id and hash: it cannot change one. */
export class PlanStore {
  private readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  async put(plan: Plan, createdBy: string): Promise<void> {
    const old = new Date(this.clock.now().getTime() - remembered).toISOString();
    await this.database<Row>('plans').where('expires_at', '<', old).delete();
    const row: Row = { id: plan.id, hash: plan.hash, plan: JSON.stringify(plan), created_by: createdBy, expires_at: plan.expiresAt };
    await this.database<Row>('plans').insert(row).onConflict('id').merge();
  }

  /** NotFoundError for an id or a hash that was never given out here. */
  async get({ id, hash }: { id: string; hash: string }): Promise<Plan> {
    const row = await this.database<Row>('plans').where({ id, hash }).first();
    if (row) return JSON.parse(row.plan) as Plan;
    throw new NotFoundError(`There is no plan "${id}" with this hash`, {
      hint: 'Make the plan again, and look at it before you execute it.',
    });
  }
}
