import type { AuditorService } from '@backstage/backend-plugin-api';
import type { PlanRequestBody, PortalPlan, StartOperationBody } from '@kubectl-dr/backstage-plugin-dr-common';
import { ConflictError, InputError, NotAllowedError, NotFoundError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { isMove } from '@kubectl-dr/core/planning/intent';
import { componentsOf } from '@kubectl-dr/core/planning/move/staying';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { planLife } from '@kubectl-dr/core/planning/assemble';
import { chosenComponents } from '@kubectl-dr/core/planning/places';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Caller, DrService, StartedOperation } from '@kubectl-dr/core/service/port';
import { planToWire } from '@kubectl-dr/core/wire/encode';
import type { Gate } from '../authorization/Gate.ts';
import type { FleetIndex } from '../index/FleetIndex.ts';
import type { OperationRunner } from '../operations/OperationRunner.ts';
import type { OperationViews } from '../operations/OperationViews.ts';
import { newestFirst } from '@kubectl-dr/core/service/operations';
import type { PlanStore } from '../operations/PlanStore.ts';
import type { RequestStore, StartRequest } from '../operations/RequestStore.ts';
import { operationIdOf } from '../operations/RequestStore.ts';
import type { ApplicationReads, EntityParameters } from './ApplicationReads.ts';
import type { Approvals } from './Approvals.ts';
import type { Asker } from './Asker.ts';
import { audited } from './Auditing.ts';
import { concerned } from './concerned.ts';
import type { Judge } from './Judge.ts';
import { limited } from './limited.ts';

export interface AuthorizedDrServiceOptions {
  service: DrService;
  gate: Gate;
  reads: ApplicationReads;
  index: FleetIndex;
  judge: Judge;
  approvals: Approvals;
  plans: PlanStore;
  requests: RequestStore;
  runner: OperationRunner;
  views: OperationViews;
  auditor: AuditorService;
  clock: Clock;
  /** `dr.quota.operationsPerHour`. */
  operationsPerHour: number;
  /** Fires when this process is told to leave: operations stop between two writes, and can be resumed elsewhere. */
  leaving: AbortSignal;
}

/** A request that claimed its key and has no operation after this is dead, milliseconds. */
const claimLimit = 60_000;

/** An hour, milliseconds: the time that the quota is about. */
const hour = 3_600_000;

/** Decides and audits around core's service: every write, and everything about operations. */
export class AuthorizedDrService {
  private readonly options: AuthorizedDrServiceOptions;
  /** Starts in this process, so that a double click waits for the first. */
  private readonly starting = new Map<string, Promise<Operation>>();

  constructor(options: AuthorizedDrServiceOptions) {
    this.options = options;
  }

  async plan(asker: Asker, entity: EntityParameters, body: PlanRequestBody): Promise<PortalPlan> {
    const { reads, service, plans, judge, auditor } = this.options;
    const { status, component, access } = await reads.find(asker, entity);
    const components = body.components ?? (component === undefined ? undefined : [component]);
    const { application } = status;
    const { intent, mode, without } = body;
    const { override } = body;
    const meta = { application: application.name, intent, mode, components, without, override, actor: access.caller.name };
    return audited(auditor, asker, { eventId: 'plan-create', severity: 'low', meta }, async (note) => {
      const meant = componentsOf(application, { ...(components && { components }), ...(without && { without }) });
      await judge.assertMay('plan', status, meant, access);
      // A failover is for the day on which a cluster does not answer.
      if (intent !== 'Failover') judge.assertReachable(chosenComponents(status, meant).map((chosen) => chosen.component));
      const made = await limited(`The plan for ${status.application.name}`, (signal) =>
        service.plan(
          { ...body, application: status.application.name, ...(components && { components }) },
          { name: access.caller.name },
          { signal },
        ),
      );
      const plan = livingSince(made, body.at);
      // What it would restart besides may be another team's.
      await judge.assertMay('plan', status, concerned(plan, status.application), access);
      await plans.put(plan, access.caller.name);
      note({ plan: plan.id, planHash: plan.hash, blockers: plan.blockers.length });
      return { ...planToWire(plan), selfService: judge.selfService(plan, status, access) };
    });
  }

  async start(asker: Asker, body: StartOperationBody, key: string): Promise<Operation> {
    const { plans, requests, gate, judge, auditor } = this.options;
    const access = await gate.admit(asker.credentials);
    const request: StartRequest = { caller: access.caller.name, key, body };
    const known = await requests.find(request);
    if (known) {
      const operation = await (this.starting.get(known.operationId) ?? this.startedElsewhere(known.operationId, known.at));
      if (operation) {
        await judge.seen(operation.plan.application, access, { operation });
        return operation;
      }
      await requests.release(request);
    }
    const plan = await plans.get(body.plan);
    const restores = plan.intent !== 'Backup';
    const meta = {
      application: plan.application,
      components: plan.components,
      intent: plan.intent,
      mode: plan.mode,
      plan: plan.id,
      planHash: plan.hash,
      actor: access.caller.name,
      reason: body.reason,
      override: plan.request.override,
      acceptDataLoss: plan.request.acceptDataLoss,
    };
    const event = { eventId: eventOf(plan), severity: restores ? 'high' : 'medium', meta } as const;
    return audited(auditor, asker, event, async (note) => {
      const status = await judge.seen(plan.application, access);
      await judge.assertMay(restores ? 'restore' : 'backup', status, concerned(plan, status.application), access);
      assertConfirmed(plan, body.confirm);
      const rule = judge.selfService(plan, status, access);
      if (rule === 'operator') {
        throw new NotAllowedError(`The policy of ${plan.application} leaves this to operators`, { hint: 'Show an operator the plan.' });
      }
      if (!access.caller.operator) await this.assertQuota(status.application.owner);
      const operation = await this.startOnce(plan, request, rule === 'approval');
      note({ operation: operation.id, state: operation.state });
      return operation;
    });
  }

  async operations(asker: Asker, filter: { application?: string; limit: number }): Promise<Operation[]> {
    const { reads, views, approvals, judge } = this.options;
    const { applications, access } = await reads.visible(asker.credentials);
    const visible = new Set(applications.map(({ application }) => application.name));
    const whole = ({ plan }: Operation): boolean => access.caller.operator || judge.maySeePlan(plan, access);
    const wanted = filter.application === undefined ? undefined : this.nameOf(filter.application);
    const asked = (application: string): boolean =>
      (visible.has(application) || access.caller.operator) && (wanted === undefined || application === wanted);
    const journalled = views.all();
    const ids = new Set(journalled.map(({ id }) => id));
    const waiting = await approvals.operations(({ id, application }) => !ids.has(id) && asked(application));
    return [...waiting, ...journalled.filter(({ plan }) => asked(plan.application))].filter(whole).sort(newestFirst).slice(0, filter.limit);
  }

  async operation(asker: Asker, id: string): Promise<Operation> {
    const { gate, judge } = this.options;
    const access = await gate.admit(asker.credentials);
    const operation = await this.found(id);
    // One whose application is gone is still a fact; only operators are told.
    if (!access.caller.operator) await judge.seen(operation.plan.application, access, { operation });
    return operation;
  }

  cancel(asker: Asker, id: string): Promise<Operation> {
    const { service, views, approvals } = this.options;
    return this.operate(asker, id, 'operation-cancel', async (caller) => {
      if (!views.get(id) && (await approvals.operation(id))) return approvals.withdraw(id, caller.name);
      return service.cancel(id, caller);
    });
  }

  resume(asker: Asker, id: string): Promise<Operation> {
    return this.operate(asker, id, 'operation-resume', (caller, signal) => this.go(this.options.service.resume(id, caller, signal)));
  }

  /** Takes a restore in place back. */
  undo(asker: Asker, id: string): Promise<Operation> {
    return this.operate(asker, id, 'operation-undo', (caller, signal) => this.go(this.options.service.undo(id, caller, signal)));
  }

  /** Gives the undo up, and releases what was kept for it. */
  confirm(asker: Asker, id: string): Promise<Operation> {
    return this.operate(asker, id, 'operation-confirm', (caller, signal) => this.go(this.options.service.confirm(id, caller, signal)));
  }

  private async go(starting: Promise<StartedOperation>): Promise<Operation> {
    const started = await starting;
    this.options.runner.start(started);
    return started.operation;
  }

  private async operate(
    asker: Asker,
    id: string,
    eventId: string,
    work: (caller: Caller, options: { signal: AbortSignal }) => Promise<Operation>,
  ): Promise<Operation> {
    const { gate, judge, auditor, leaving } = this.options;
    const access = await gate.admit(asker.credentials);
    const operation = await this.found(id);
    const { plan } = operation;
    // Whatever has become of its application since, an operator can stop what runs.
    const stops = eventId === 'operation-cancel' && access.caller.operator;
    const status = stops ? undefined : await judge.seen(plan.application, access, { operation });
    const meta = { operation: id, application: plan.application, planHash: plan.hash, actor: access.caller.name };
    return audited(auditor, asker, { eventId, severity: 'medium', meta }, async () => {
      if (status) await judge.assertMay('operate', status, concerned(plan, status.application), access);
      return work({ name: access.caller.name }, { signal: leaving });
    });
  }

  /** In the clusters, or waiting for an approval; what is journalled counts. */
  private async found(id: string): Promise<Operation> {
    const { views, approvals, judge } = this.options;
    return views.get(id) ?? (await approvals.operation(id)) ?? judge.known(id);
  }

  /** NotAllowedError QUOTA: somebody, or something, starts more than anybody would by hand. */
  private async assertQuota(owner: string | undefined): Promise<void> {
    const { requests, clock, operationsPerHour } = this.options;
    if (owner === undefined) return;
    const since = new Date(clock.now().getTime() - hour);
    if ((await requests.countOf(owner, since)) < operationsPerHour) return;
    throw new NotAllowedError(`${owner} has started ${operationsPerHour} operations within an hour, and may start no more`, {
      code: 'QUOTA',
      hint: 'Wait a while, or ask an operator. The limit is dr.quota.operationsPerHour.',
    });
  }

  private async startOnce(plan: Plan, request: StartRequest, approval: boolean): Promise<Operation> {
    const id = operationIdOf(plan.intent, plan.application, request);
    const running = this.starting.get(id);
    if (running) return running;
    const start = this.startNow(plan, request, id, approval).finally(() => this.starting.delete(id));
    this.starting.set(id, start);
    return start;
  }

  private async startNow(plan: Plan, request: StartRequest, operationId: string, approval: boolean): Promise<Operation> {
    const { service, requests, approvals, leaving } = this.options;
    const { reason } = request.body;
    if (!(await requests.claim(request, operationId, plan.owner))) {
      const known = await requests.find(request);
      const operation = known && (await this.startedElsewhere(known.operationId, known.at));
      if (operation) return operation;
      throw stillStarting(operationId);
    }
    try {
      const why = reason !== undefined && { reason };
      if (approval) return await approvals.request({ operationId, plan, requestedBy: request.caller, ...why });
      return await this.go(service.execute(plan, { name: request.caller }, { operationId, signal: leaving, ...why }));
    } catch (thrown) {
      await requests.release(request);
      throw thrown;
    }
  }

  /** What an earlier request has started; undefined when that one died before it started anything. */
  private async startedElsewhere(operationId: string, at: Date): Promise<Operation | undefined> {
    const { views, service, approvals, clock } = this.options;
    const seen = views.get(operationId);
    if (seen) return seen;
    const waiting = await approvals.operation(operationId);
    if (waiting) return waiting;
    try {
      return await service.operation(operationId);
    } catch (thrown) {
      if (!(thrown instanceof NotFoundError)) throw thrown;
      if (clock.now().getTime() - at.getTime() < claimLimit) throw stillStarting(operationId);
      return undefined;
    }
  }

  private nameOf(text: string): string {
    const { byName, byRef } = this.options.index.current();
    const wanted = text.toLowerCase();
    return (byRef.get(wanted)?.status ?? byName.get(wanted))?.application.name ?? text;
  }
}

/** What the auditor calls it. */
function eventOf({ intent }: Plan): string {
  if (intent === 'Backup') return 'backup-create';
  return isMove(intent) ? 'failover-create' : 'restore-create';
}

/** What changes an application is asked for by whoever typed its name, as on the command line. */
function assertConfirmed({ intent, mode, application }: Plan, typed: string | undefined): void {
  const beside = intent === 'Backup' || intent === 'Drill' || (intent === 'Restore' && (mode ?? 'clone') === 'clone');
  if (beside || typed?.trim() === application) return;
  const said = typed === undefined || typed.trim() === '' ? 'no name was typed' : `"${typed.trim()}" is not "${application}"`;
  throw new InputError(`Not confirmed: ${said}; nothing was changed`, { code: 'NOT_CONFIRMED', hint: `Type the name: ${application}` });
}

/** How far a clock may be ahead of that of the cluster, milliseconds. */
const ahead = 60_000;

/** A plan that is made again lives as long as the first one did: nobody makes an old one young, or dates one into the future. */
function livingSince(plan: Plan, at: string | undefined): Plan {
  if (at === undefined) return plan;
  const [asked, now] = [Date.parse(at), Date.parse(plan.createdAt)];
  if (asked > now + ahead) throw new InputError(`the body: at is not valid: ${at} is still to come`);
  if (asked + planLife < now)
    throw new ConflictError(`A plan of ${at} has expired: it is good for ${planLife / 60_000} minutes`, {
      code: 'PLAN_EXPIRED',
      hint: 'Make it again, and look at it before you execute it.',
    });
  return { ...plan, expiresAt: new Date(asked + planLife).toISOString() };
}

function stillStarting(operationId: string): ConflictError {
  return new ConflictError(`The operation ${operationId} of this request is being started`, { hint: 'Ask again in a few seconds.' });
}
