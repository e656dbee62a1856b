import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Database } from '../database/migrate.ts';

/** `failed`: it was approved, and could not be started any more. `withdrawn` by whoever may operate. */
type ApprovalState = 'waiting' | 'approved' | 'rejected' | 'withdrawn' | 'failed';

export interface Approval {
  /** The operation that it becomes. */
  operationId: string;
  plan: Plan;
  requestedBy: string;
  requestedAt: string;
  reason?: string;
  /** Nobody can approve it after this instant. */
  expiresAt: string;
  state: ApprovalState;
  decidedBy?: string;
  decidedAt?: string;
  message?: string;
}

interface Row {
  operation_id: string;
  application: string;
  plan: string;
  requested_by: string;
  requested_at: string;
  reason: string | null;
  expires_at: string;
  state: ApprovalState;
  decided_by: string | null;
  decided_at: string | null;
  message: string | null;
}

/** A request waits for a day, and is remembered for thirty; milliseconds. */
const life = 86_400_000;
const remembered = 30 * life;
/** How many values one query names. */
const atOnce = 500;
/** Whoever approved it and has not started it after this is dead, milliseconds. */
const startLimit = 60_000;

/** What waits for a second person. That it is another person is a constraint of the table. */
export class ApprovalStore {
  private readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Asking twice under one id is asking once. The plan stays valid for as long as the request. */
  async request(asked: Pick<Approval, 'operationId' | 'plan' | 'requestedBy' | 'reason'>): Promise<Approval> {
    const now = this.clock.now().getTime();
    const expiresAt = new Date(now + life).toISOString();
    await this.table()
      .where('expires_at', '<', new Date(now - remembered).toISOString())
      .delete();
    const row: Row = {
      operation_id: asked.operationId,
      application: asked.plan.application,
      plan: JSON.stringify({ ...asked.plan, expiresAt }),
      requested_by: asked.requestedBy,
      requested_at: new Date(now).toISOString(),
      reason: asked.reason ?? null,
      expires_at: expiresAt,
      state: 'waiting',
      decided_by: null,
      decided_at: null,
      message: null,
    };
    try {
      await this.table().insert(row);
    } catch (error) {
      if (!isDatabaseConflictError(error)) throw error;
    }
    return (await this.find(asked.operationId))!;
  }

  async find(operationId: string): Promise<Approval | undefined> {
    const row = await this.table().where({ operation_id: operationId }).first();
    return row && approvalOf(row);
  }

  /** Of all that are remembered those that are wanted: pages ask often, and a plan is large, so only theirs are read. */
  async list(wanted: (heading: { id: string; application: string }) => boolean): Promise<Approval[]> {
    const headings = await this.table().select('operation_id', 'application');
    const ids = headings.filter(({ operation_id: id, application }) => wanted({ id, application })).map(({ operation_id: id }) => id);
    const rows: Row[] = [];
    for (let from = 0; from < ids.length; from += atOnce)
      rows.push(...(await this.table().whereIn('operation_id', ids.slice(from, from + atOnce))));
    return rows.map(approvalOf);
  }

  /** False when it is decided already: of two people at the same moment one wins. An approval that nobody started may be given anew. */
  async decide(operationId: string, state: 'approved' | 'rejected' | 'withdrawn', by: string, message?: string): Promise<boolean> {
    const now = this.clock.now().getTime();
    const changed = await this.table()
      .where({ operation_id: operationId })
      .andWhere((open) =>
        open
          .where({ state: 'waiting' })
          .orWhere((dead) => dead.where({ state: 'approved' }).andWhere('decided_at', '<', new Date(now - startLimit).toISOString())),
      )
      .update({ state, decided_by: by, decided_at: new Date(now).toISOString(), message: message ?? null });
    return changed === 1;
  }

  /** It could not be started: for good, or this time (`waiting`). */
  async notStarted(operationId: string, state: 'failed' | 'waiting', message: string): Promise<void> {
    await this.table().where({ operation_id: operationId, state: 'approved' }).update({ state, message });
  }

  private table() {
    return this.database<Row>('approvals');
  }
}

function approvalOf(row: Row): Approval {
  return {
    operationId: row.operation_id,
    plan: JSON.parse(row.plan) as Plan,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    ...(row.reason !== null && { reason: row.reason }),
    expiresAt: row.expires_at,
    state: row.state,
    ...(row.decided_by !== null && { decidedBy: row.decided_by }),
    ...(row.decided_at !== null && { decidedAt: row.decided_at }),
    ...(row.message !== null && { message: row.message }),
  };
}

/** As everybody sees it until it has a journal. */
export function waitingOperation(approval: Approval, now: Date): Operation {
  const { operationId: id, plan, requestedBy, requestedAt, reason, state, decidedBy, decidedAt, expiresAt } = approval;
  const expired = state === 'waiting' && now.getTime() > Date.parse(expiresAt);
  const waits = (state === 'waiting' && !expired) || state === 'approved';
  const ended = expired ? expiresAt : decidedAt;
  return {
    id,
    plan,
    state: waits ? 'WaitingForApproval' : 'Cancelled',
    requestedBy,
    ...(state === 'approved' && decidedBy !== undefined && { approvedBy: decidedBy }),
    ...(reason !== undefined && { reason }),
    requestedAt,
    ...(!waits && ended !== undefined && { endedAt: ended }),
    steps: plan.waves.flat().map((step) => ({ id: step.id, state: 'Pending' })),
    message: expired ? `Nobody approved it until ${expiresAt}: ask again` : sentence(approval),
  };
}

function sentence({ state, decidedBy, message, plan, expiresAt }: Approval): string {
  const said = message === undefined ? '' : `: ${message}`;
  switch (state) {
    case 'waiting':
      return message ?? `Waits until ${expiresAt} for somebody else of ${plan.owner ?? 'the owner'}, or an operator, to approve it`;
    case 'approved':
      return `Approved by ${decidedBy}, and being started`;
    case 'rejected':
      return `Rejected by ${decidedBy}${said}`;
    case 'withdrawn':
      return `Withdrawn by ${decidedBy}${said}`;
    case 'failed':
      return `Approved by ${decidedBy}, but not started${said}`;
  }
}
