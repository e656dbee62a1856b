import { createHash } from 'node:crypto';
import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import type { StartOperationBody } from '@kubectl-dr/backstage-plugin-dr-common';
import { ConflictError } from '@kubectl-dr/core/errors';
import { nameFor } from '@kubectl-dr/core/planning/assemble';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Database } from '../database/migrate.ts';

interface Row {
  caller: string;
  key: string;
  fingerprint: string;
  operation_id: string;
  created_at: string;
  owner: string | null;
}

export interface StartRequest {
  caller: string;
  /** The header `Idempotency-Key`. */
  key: string;
  body: StartOperationBody;
}

/** Keys are remembered for a day, milliseconds. */
const remembered = 86_400_000;

/** Which request started which operation, so that the same one again starts nothing. */
export class RequestStore {
  private readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /** The operation that this request has started; ConflictError when the key was used for another one. */
  async find(request: StartRequest): Promise<{ operationId: string; at: Date } | undefined> {
    const row = await this.database<Row>('started_requests').where({ caller: request.caller, key: request.key }).first();
    if (!row) return undefined;
    if (row.fingerprint !== fingerprintOf(request)) {
      throw new ConflictError('This Idempotency-Key was used for another request', { hint: 'Send a new key with each new request.' });
    }
    return { operationId: row.operation_id, at: new Date(row.created_at) };
  }

  /** False when another process was faster. */
  async claim(request: StartRequest, operationId: string, owner?: string): Promise<boolean> {
    const now = this.clock.now();
    const old = new Date(now.getTime() - remembered).toISOString();
    await this.database<Row>('started_requests').where('created_at', '<', old).delete();
    const { caller, key } = request;
    const row: Row = {
      caller,
      key,
      fingerprint: fingerprintOf(request),
      operation_id: operationId,
      created_at: now.toISOString(),
      owner: owner ?? null,
    };
    try {
      await this.database<Row>('started_requests').insert(row);
      return true;
    } catch (error) {
      if (isDatabaseConflictError(error)) return false;
      throw error;
    }
  }

  /** How many operations were started since then for an owner's applications. */
  async countOf(owner: string, since: Date): Promise<number> {
    const rows = await this.database<Row>('started_requests')
      .where({ owner })
      .andWhere('created_at', '>', since.toISOString())
      .count({ n: '*' });
    return Number(rows[0]?.n ?? 0);
  }

  /** Nothing was started: the same key may try again. */
  async release({ caller, key }: StartRequest): Promise<void> {
    await this.database<Row>('started_requests').where({ caller, key }).delete();
  }
}

function fingerprintOf({ body }: StartRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([body.plan.id, body.plan.hash, body.reason ?? null]))
    .digest('hex');
}

/** The same for the same key, whichever replica answers: two that race cannot start two. */
export function operationIdOf(intent: string, application: string, { caller, key }: StartRequest): string {
  const suffix = createHash('sha256').update(`${caller}\n${key}`).digest('hex').slice(0, 8);
  return `${intent.toLowerCase()}-${nameFor(application, 40)}-${suffix}`;
}
