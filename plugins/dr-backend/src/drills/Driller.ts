import { createHash } from 'node:crypto';
import type { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import { asDrError } from '@kubectl-dr/core/errors';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { terminalStates } from '@kubectl-dr/core/execution/states';
import { nameFor } from '@kubectl-dr/core/planning/assemble';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import type { DrService, StartedOperation } from '@kubectl-dr/core/service/port';
import type { WatchState } from '@kubectl-dr/kubernetes';
import type { DueDrill } from './due.ts';
import { dueDrills } from './due.ts';

export interface DrillerOptions {
  service: Pick<DrService, 'plan' | 'execute' | 'resume'>;
  applications(): readonly ApplicationStatus[];
  /** Of all clusters, whoever runs them. */
  operations(): readonly Operation[];
  /** Of the watches: only on clusters whose state is fresh a drill is begun. */
  states(): readonly Pick<WatchState, 'cluster' | 'state'>[];
  runner: { start(started: StartedOperation): void; get(id: string): Operation | undefined };
  auditor: AuditorService;
  logger: LoggerService;
  clock: Clock;
  /** Fires when this process is told to leave. */
  leaving: AbortSignal;
}

const caller = { name: 'portal' };
/** How many plans one round makes at the most: they read much. */
const plansInARound = 10;
/** What was blocked is not planned again before, milliseconds. Forgotten with the process, which costs a plan. */
const blockedFor = 6 * 3_600_000;

/**
 * One round of `dr.drills.scheduled`: the drills that policies ask for (`drills: { every }`), one at a time on a cluster. What a replica
 * left behind is continued, and so cleaned up.
 */
export class Driller {
  private readonly options: DrillerOptions;
  private readonly blocked = new Map<string, number>();

  constructor(options: DrillerOptions) {
    this.options = options;
  }

  /** Returns when what is due has been started; it runs on by itself. */
  async round(signal: AbortSignal): Promise<{ started: string[]; resumed: string[] }> {
    const { applications, operations, states, clock } = this.options;
    const past = operations();
    const running = past.filter(({ plan, state }) => plan.intent === 'Drill' && !terminalStates.includes(state));
    const resumed = await this.continued(running);
    const busy = new Set(running.flatMap(({ plan }) => clustersOf(plan)));
    const fresh = new Set(states().flatMap(({ cluster, state }) => (state === 'fresh' ? [cluster] : [])));
    const now = clock.now();
    const started: string[] = [];
    let plans = 0;
    for (const due of dueDrills(applications(), past, now)) {
      if (signal.aborted || plans >= plansInARound) break;
      if (due.clusters.some((cluster) => busy.has(cluster) || !fresh.has(cluster))) continue;
      if ((this.blocked.get(due.application) ?? 0) > now.getTime()) continue;
      plans += 1;
      const operation = await this.begin(due, busy, signal);
      // Somebody has begun it just now: what is known here is too old to go on with.
      if (operation === 'elsewhere') break;
      if (operation === undefined) continue;
      started.push(operation.id);
      for (const cluster of clustersOf(operation.plan)) busy.add(cluster);
    }
    return { started, resumed };
  }

  /** Those that were begun by a portal and that no process carries out any more. */
  private async continued(running: readonly Operation[]): Promise<string[]> {
    const { service, runner, logger, leaving } = this.options;
    const ids: string[] = [];
    for (const { id, requestedBy } of running) {
      if (requestedBy !== caller.name || runner.get(id)) continue;
      try {
        runner.start(await service.resume(id, caller, { signal: leaving }));
        ids.push(id);
      } catch (thrown) {
        const { code, message } = asDrError(thrown);
        if (code !== 'OPERATION_RUNNING') logger.warn(`The drill ${id} cannot be continued: ${message}`);
      }
    }
    return ids;
  }

  private async begin(due: DueDrill, busy: ReadonlySet<string>, signal: AbortSignal): Promise<Operation | 'elsewhere' | undefined> {
    const { service, runner, auditor, logger, clock, leaving } = this.options;
    const { application, components, on } = due;
    let plan: Plan;
    try {
      plan = await service.plan({ intent: 'Drill', application, components, ...(on !== undefined && { on }) }, caller, { signal });
    } catch (thrown) {
      logger.warn(`The drill of ${application} that is due cannot be planned: ${asDrError(thrown).message}`);
      return undefined;
    }
    // What the plan reaches may be more than what the places of the components said.
    if (clustersOf(plan).some((cluster) => busy.has(cluster))) return undefined;
    const meta = { application, components, intent: 'Drill', plan: plan.id, planHash: plan.hash, actor: caller.name };
    const event = await auditor.createEvent({ eventId: 'restore-create', severityLevel: 'medium', meta });
    try {
      const operationId = this.idOf(due);
      const reason = 'its policy asks for it';
      const started = await service.execute(plan, caller, { operationId, reason, signal: leaving });
      runner.start(started);
      await event.success({ meta: { operation: operationId } });
      logger.info(`The drill ${operationId} of ${application} was due, and has begun`);
      return started.operation;
    } catch (thrown) {
      const error = asDrError(thrown);
      await event.fail({ error, meta: { code: error.code } });
      logger.warn(`The drill of ${application} that is due was not begun: ${error.message}`);
      if (error.code === 'OPERATION_RUNNING' || error.code === 'ALREADY_EXISTS') return 'elsewhere';
      if (error.code === 'PLAN_BLOCKED') this.blocked.set(application, clock.now().getTime() + blockedFor);
      return undefined;
    }
  }

  /** The same for the same proof on the same day, whichever replica begins it: two cannot begin two. */
  private idOf({ application, components, since, on }: DueDrill): string {
    const day = this.options.clock.now().toISOString().slice(0, 10);
    const suffix = createHash('sha256')
      .update(JSON.stringify([application, components, since, day, on]))
      .digest('hex');
    return `drill-${nameFor(application, 40)}-${suffix.slice(0, 8)}`;
  }
}

function clustersOf({ waves }: Plan): string[] {
  return [...new Set(waves.flat().map(({ cluster }) => cluster))];
}
