import type { AuditorService } from '@backstage/backend-plugin-api';
import type { PlanRequestBody, StartOperationBody } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Component } from '@kubectl-dr/core/application/model';
import { ConflictError, DrError, NotFoundError, ServiceUnavailableError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { chosenComponents } from '@kubectl-dr/core/planning/places';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import type { DrService } from '@kubectl-dr/core/service/port';
import type { Access, Action } from '../authorization/Access.ts';
import type { Gate } from '../authorization/Gate.ts';
import type { CatalogCache } from '../catalog/CatalogCache.ts';
import { ownerOf } from '../catalog/CatalogCache.ts';
import type { FleetIndex } from '../index/FleetIndex.ts';
import type { OperationRunner } from '../operations/OperationRunner.ts';
import type { OperationViews } from '../operations/OperationViews.ts';
import type { PlanStore } from '../operations/PlanStore.ts';
import type { RequestStore, StartRequest } from '../operations/RequestStore.ts';
import { operationIdOf } from '../operations/RequestStore.ts';
import type { ApplicationReads, EntityParameters } from './ApplicationReads.ts';
import type { Asker } from './Asker.ts';
import { audited } from './Auditing.ts';

export interface AuthorizedDrServiceOptions {
  service: DrService;
  gate: Gate;
  reads: ApplicationReads;
  index: FleetIndex;
  catalog: CatalogCache;
  plans: PlanStore;
  requests: RequestStore;
  runner: OperationRunner;
  views: OperationViews;
  auditor: AuditorService;
  clock: Clock;
  /** Fires when this process is told to leave: operations stop between two writes, and can be resumed elsewhere. */
  leaving: AbortSignal;
}

/** A plan that takes longer than this is not worth waiting for, milliseconds. */
const planLimit = 60_000;
/** A request that claimed its key and has no operation after this is dead, milliseconds. */
const claimLimit = 60_000;

/**
 * Decides and audits around core's service: every write, and everything about operations. What is decided upon is
 * fresh: the owner is asked of the catalog at that moment, never of the copy that pages are made of.
 */
export class AuthorizedDrService {
  private readonly options: AuthorizedDrServiceOptions;
  /** Starts in this process, so that a double click waits for the first. */
  private readonly starting = new Map<string, Promise<Operation>>();

  constructor(options: AuthorizedDrServiceOptions) {
    this.options = options;
  }

  async plan(asker: Asker, entity: EntityParameters, body: PlanRequestBody): Promise<Plan> {
    const { reads, service, plans, auditor } = this.options;
    const { status, component, access } = await reads.find(asker, entity);
    const components = body.components ?? (component === undefined ? undefined : [component]);
    const meta = { application: status.application.name, intent: body.intent, mode: body.mode, components, actor: access.caller.name };
    return audited(auditor, asker, { eventId: 'plan-create', severity: 'low', meta }, async (note) => {
      await this.assertMay('plan', status, components, access);
      this.assertReachable(chosenComponents(status, components).map((chosen) => chosen.component));
      const plan = await limited(planLimit, `The plan for ${status.application.name}`, (signal) =>
        service.plan(
          { ...body, application: status.application.name, ...(components && { components }) },
          { name: access.caller.name },
          { signal },
        ),
      );
      await plans.put(plan, access.caller.name);
      note({ plan: plan.id, planHash: plan.hash, blockers: plan.blockers.length });
      return plan;
    });
  }

  async start(asker: Asker, body: StartOperationBody, key: string): Promise<Operation> {
    const { plans, requests, gate, auditor } = this.options;
    const access = await gate.admit(asker.credentials);
    const request: StartRequest = { caller: access.caller.name, key, body };
    const known = await requests.find(request);
    if (known) {
      const operation = await this.started(known.operationId, known.at);
      if (operation) return operation;
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
    };
    const event = { eventId: restores ? 'restore-create' : 'backup-create', severity: restores ? 'high' : 'medium', meta } as const;
    return audited(auditor, asker, event, async (note) => {
      const status = await this.seen(plan.application, access);
      await this.assertMay(restores ? 'restore' : 'backup', status, plan.components, access);
      const operation = await this.startOnce(plan, request);
      note({ operation: operation.id });
      return operation;
    });
  }

  async operations(asker: Asker, filter: { application?: string; limit: number }): Promise<Operation[]> {
    const { reads, views } = this.options;
    const { applications, access } = await reads.visible(asker.credentials);
    const visible = new Set(applications.map(({ application }) => application.name));
    const wanted = filter.application === undefined ? undefined : this.nameOf(filter.application);
    return views
      .all()
      .filter(({ plan }) => visible.has(plan.application) || access.caller.operator)
      .filter(({ plan }) => wanted === undefined || plan.application === wanted)
      .slice(0, filter.limit);
  }

  async operation(asker: Asker, id: string): Promise<Operation> {
    const { gate } = this.options;
    const access = await gate.admit(asker.credentials);
    const operation = this.known(id);
    // One whose application is gone is still a fact; only operators are told.
    if (!access.caller.operator) await this.seen(operation.plan.application, access, id);
    return operation;
  }

  cancel(asker: Asker, id: string): Promise<Operation> {
    return this.operate(asker, id, 'operation-cancel', (caller) => this.options.service.cancel(id, caller));
  }

  resume(asker: Asker, id: string): Promise<Operation> {
    const { service, runner, leaving } = this.options;
    return this.operate(asker, id, 'operation-resume', async (caller) => {
      const started = await service.resume(id, caller, { signal: leaving });
      runner.start(started);
      return started.operation;
    });
  }

  private async operate(
    asker: Asker,
    id: string,
    eventId: string,
    work: (caller: { name: string }) => Promise<Operation>,
  ): Promise<Operation> {
    const { gate, auditor } = this.options;
    const access = await gate.admit(asker.credentials);
    const { plan } = this.known(id);
    const status = await this.seen(plan.application, access, id);
    const meta = { operation: id, application: plan.application, planHash: plan.hash, actor: access.caller.name };
    return audited(auditor, asker, { eventId, severity: 'medium', meta }, async () => {
      await this.assertMay('operate', status, plan.components, access);
      return work({ name: access.caller.name });
    });
  }

  private async startOnce(plan: Plan, request: StartRequest): Promise<Operation> {
    const id = operationIdOf(plan.intent, plan.application, request);
    const running = this.starting.get(id);
    if (running) return running;
    const start = this.startNow(plan, request, id).finally(() => this.starting.delete(id));
    this.starting.set(id, start);
    return start;
  }

  private async startNow(plan: Plan, request: StartRequest, operationId: string): Promise<Operation> {
    const { service, requests, runner, leaving } = this.options;
    const { reason } = request.body;
    if (!(await requests.claim(request, operationId))) {
      const known = await requests.find(request);
      const operation = known && (await this.started(known.operationId, known.at));
      if (operation) return operation;
      throw stillStarting(operationId);
    }
    try {
      const started = await service.execute(
        plan,
        { name: request.caller },
        { operationId, signal: leaving, ...(reason !== undefined && { reason }) },
      );
      runner.start(started);
      return started.operation;
    } catch (thrown) {
      await requests.release(request);
      throw thrown;
    }
  }

  /** What an earlier request has started; undefined when that one died before it started anything. */
  private async started(operationId: string, at: Date): Promise<Operation | undefined> {
    const { views, service, clock } = this.options;
    const running = this.starting.get(operationId);
    if (running) return running;
    const seen = views.get(operationId);
    if (seen) return seen;
    try {
      return await service.operation(operationId);
    } catch (thrown) {
      if (!(thrown instanceof NotFoundError)) throw thrown;
      if (clock.now().getTime() - at.getTime() < claimLimit) throw stillStarting(operationId);
      return undefined;
    }
  }

  private known(id: string): Operation {
    const { views, index } = this.options;
    const operation = views.get(id);
    if (operation) return operation;
    const silent = index.states().filter(({ state }) => state !== 'fresh');
    if (silent.length > 0) {
      throw new ServiceUnavailableError(
        `The operation "${id}" is not known here, and ${silent.map(({ cluster }) => cluster).join(', ')} cannot be asked`,
        {
          hint: 'Look again when all clusters answer.',
        },
      );
    }
    throw new NotFoundError(`There is no operation "${id}"`, { hint: 'Look at the list of operations.' });
  }

  /** The application of a plan or an operation, if the caller may see it. */
  private async seen(name: string, access: Access, operation?: string): Promise<ApplicationStatus> {
    const status = this.options.index.current().byName.get(name.toLowerCase());
    const missing = (): NotFoundError =>
      new NotFoundError(
        operation === undefined ? `There is no application "${name}"` : `There is no operation "${operation}", or you may not see it`,
      );
    if (!status) throw missing();
    await access.prepareReading([status.application]);
    if (!access.maySee(status.application)) throw missing();
    return status;
  }

  private async assertMay(action: Action, status: ApplicationStatus, names: string[] | undefined, access: Access): Promise<void> {
    const components = chosenComponents(status, names).map(({ component }) => component);
    await access.prepareActing([status.application]);
    access.assertMay(action, status.application, components);
    await this.assertOwnersUnchanged(status, components);
  }

  /** Somebody who lost an application a moment ago must not act on it because the portal has not noticed yet. */
  private async assertOwnersUnchanged(status: ApplicationStatus, components: readonly Component[]): Promise<void> {
    const { catalog, index } = this.options;
    const { application } = status;
    const owners = new Map<string, string | undefined>();
    if (application.entityRef !== undefined) owners.set(application.entityRef, application.owner);
    for (const { entityRef, owner } of components) if (entityRef !== undefined) owners.set(entityRef, owner);
    const current = await catalog.current([...owners.keys()]);
    for (const [ref, owner] of owners) {
      const entity = current.get(ref);
      if (entity && ownerOf(entity) === owner) continue;
      void catalog.refresh().then(() => index.touch());
      throw new ConflictError(`${ref} has just ${entity ? 'got another owner' : 'left the catalog'}`, {
        hint: 'Look again in a few seconds.',
      });
    }
  }

  /** A cluster that does not answer is said to be silent, before anything is concluded from not seeing its namespaces. */
  private assertReachable(components: readonly Component[]): void {
    const wanted = new Set(components.flatMap(({ placements }) => placements.map(({ cluster }) => cluster)));
    const silent = this.options.index.states().find(({ cluster, state }) => wanted.has(cluster) && state === 'unreachable');
    if (!silent) return;
    throw new ServiceUnavailableError(silent.error?.message ?? `${silent.cluster} does not answer`, {
      cluster: silent.cluster,
      ...(silent.error?.hint !== undefined && { hint: silent.error.hint }),
    });
  }

  private nameOf(text: string): string {
    const { byName, byRef } = this.options.index.current();
    const wanted = text.toLowerCase();
    return (byRef.get(wanted)?.status ?? byName.get(wanted))?.application.name ?? text;
  }
}

function stillStarting(operationId: string): ConflictError {
  return new ConflictError(`The operation ${operationId} of this request is being started`, { hint: 'Ask again in a few seconds.' });
}

async function limited<T>(milliseconds: number, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    return await work(signal);
  } catch (thrown) {
    if (!signal.aborted || thrown instanceof DrError) throw thrown;
    throw new ServiceUnavailableError(`${what} was not ready after ${milliseconds / 1000} s`, {
      code: 'TIMEOUT',
      cause: thrown,
      hint: 'Look whether the clusters answer, and try again.',
    });
  }
}
