import type { AuditorService } from '@backstage/backend-plugin-api';
import { ConflictError, NotAllowedError, asDrError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import type { Access } from '../authorization/Access.ts';
import type { Gate } from '../authorization/Gate.ts';
import type { Approval, ApprovalStore } from '../operations/ApprovalStore.ts';
import { waitingOperation } from '../operations/ApprovalStore.ts';
import type { Announcer } from '../operations/announce.ts';
import type { Asker } from './Asker.ts';
import { audited } from './Auditing.ts';
import { concerned } from './concerned.ts';
import type { Judge } from './Judge.ts';

export interface ApprovalsOptions {
  store: ApprovalStore;
  gate: Gate;
  judge: Judge;
  announcer: Announcer;
  auditor: AuditorService;
  clock: Clock;
  /** Carries the approved plan out, in the name of whoever asked for it. */
  begin(approval: Approval, approvedBy: string): Promise<StartedOperation>;
}

/** Errors after which the same plan can never be started any more. */
const final = new Set(['PLAN_STALE', 'PLAN_BLOCKED', 'PLAN_EXPIRED', 'UNCLAIMED_PLACEMENT', 'UNKNOWN_APPLICATION']);

/** Requests of one person that another has to agree to. */
export class Approvals {
  private readonly options: ApprovalsOptions;

  constructor(options: ApprovalsOptions) {
    this.options = options;
  }

  async request(asked: Parameters<ApprovalStore['request']>[0]): Promise<Operation> {
    const { store, announcer, clock } = this.options;
    const operation = waitingOperation(await store.request(asked), clock.now());
    announcer.signal({ type: 'operation', id: operation.id });
    announcer.approvalWanted(operation);
    return operation;
  }

  /** Those that are wanted, in no order. */
  async operations(wanted: (heading: { id: string; application: string }) => boolean): Promise<Operation[]> {
    const { store, clock } = this.options;
    return (await store.list(wanted)).map((approval) => waitingOperation(approval, clock.now()));
  }

  async operation(id: string): Promise<Operation | undefined> {
    const { store, clock } = this.options;
    const approval = await store.find(id);
    return approval && waitingOperation(approval, clock.now());
  }

  approve(asker: Asker, id: string, reason?: string): Promise<Operation> {
    const { store, begin } = this.options;
    return this.decide(asker, id, 'operation-approve', async (approval, access) => {
      const { name } = access.caller;
      if (!(await store.decide(id, 'approved', name, reason))) throw await this.decided(id);
      try {
        return (await begin(approval, name)).operation;
      } catch (thrown) {
        const { code, message } = asDrError(thrown);
        await store.notStarted(id, final.has(code) ? 'failed' : 'waiting', message);
        throw thrown;
      }
    });
  }

  reject(asker: Asker, id: string, reason?: string): Promise<Operation> {
    const { store } = this.options;
    return this.decide(asker, id, 'operation-reject', async (_, access) => {
      if (!(await store.decide(id, 'rejected', access.caller.name, reason))) throw await this.decided(id);
      return this.ended(id);
    });
  }

  /** Whoever may operate, the one who asked among them, may take it back. */
  async withdraw(id: string, by: string): Promise<Operation> {
    if (!(await this.options.store.decide(id, 'withdrawn', by))) throw await this.decided(id);
    return this.ended(id);
  }

  private async decide(
    asker: Asker,
    id: string,
    eventId: string,
    work: (approval: Approval, access: Access) => Promise<Operation>,
  ): Promise<Operation> {
    const { store, gate, judge, auditor, announcer, clock } = this.options;
    const access = await gate.admit(asker.credentials);
    const approval = await store.find(id);
    if (!approval) {
      const operation = judge.known(id);
      await judge.seen(operation.plan.application, access, { operation });
      throw new ConflictError(`The operation ${id} does not wait for an approval: it is ${operation.state}`);
    }
    const { plan, requestedBy, expiresAt } = approval;
    const status = await judge.seen(plan.application, access, { operation: { id, plan } });
    const meta = { operation: id, application: plan.application, planHash: plan.hash, requestedBy, actor: access.caller.name };
    return audited(auditor, asker, { eventId, severity: 'high', meta }, async () => {
      if (requestedBy === access.caller.name) {
        throw new NotAllowedError(`${requestedBy} has requested the operation ${id}, so somebody else has to decide on it`, {
          hint: `Ask another member of ${plan.owner ?? 'the owning group'}, or an operator.`,
        });
      }
      await judge.assertMay('approve', status, concerned(plan, status.application), access);
      if (plan.owner !== status.application.owner) {
        throw new ConflictError(`${plan.application} has got another owner since the operation ${id} was requested`, {
          code: 'PLAN_STALE',
          hint: 'Let the new owner plan and request it again.',
        });
      }
      if (clock.now().getTime() > Date.parse(expiresAt)) {
        throw new ConflictError(`The request ${id} expired at ${expiresAt}`, { code: 'PLAN_EXPIRED', hint: 'Request it again.' });
      }
      return work(approval, access).finally(() => announcer.signal({ type: 'operation', id }));
    });
  }

  private async decided(id: string): Promise<ConflictError> {
    const operation = await this.operation(id);
    return new ConflictError(`The request ${id} is decided already. ${operation?.message ?? ''}`.trim());
  }

  private async ended(id: string): Promise<Operation> {
    const { announcer } = this.options;
    const operation = (await this.operation(id))!;
    announcer.signal({ type: 'operation', id });
    announcer.ended(operation);
    return operation;
  }
}
