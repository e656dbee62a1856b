import type {
  AuditorService,
  AuthService,
  HttpAuthService,
  LoggerService,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import { applicationKinds } from '@kubectl-dr/core/application/cluster-inventory';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Engine } from '@kubectl-dr/core/ports/engine';
import type { ApplicationStatus } from '@kubectl-dr/core/service/model';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { WatchReader } from '@kubectl-dr/kubernetes';
import type { Router } from 'express';
import type { ActionSubjects } from './actions/registerActions.ts';
import { CallerResolver } from './authorization/CallerResolver.ts';
import { Gate } from './authorization/Gate.ts';
import { CatalogCache } from './catalog/CatalogCache.ts';
import type { FoundClusters } from './clusters/FoundClusters.ts';
import type { Settings } from './config/settings.ts';
import type { Database } from './database/migrate.ts';
import { createHandlers } from './http/handlers.ts';
import { createRouter } from './http/router.ts';
import { Driller } from './drills/Driller.ts';
import { FleetIndex } from './index/FleetIndex.ts';
import { JournalIndex, journalSelection } from './index/JournalIndex.ts';
import { WatchedReader } from './index/WatchedReader.ts';
import { ApprovalStore } from './operations/ApprovalStore.ts';
import { OperationRunner } from './operations/OperationRunner.ts';
import { OperationViews } from './operations/OperationViews.ts';
import { PlanStore } from './operations/PlanStore.ts';
import { RequestStore } from './operations/RequestStore.ts';
import { publishMetrics } from './metrics/Metrics.ts';
import { createAnnouncer } from './operations/announce.ts';
import { CorrectionStore } from './policies/CorrectionStore.ts';
import { PolicyIndex } from './policies/PolicyIndex.ts';
import { Reconciler } from './policies/Reconciler.ts';
import type { Censor } from './secrecy/Censor.ts';
import { ApplicationReads } from './service/ApplicationReads.ts';
import { Approvals } from './service/Approvals.ts';
import { AuthorizedDrService } from './service/AuthorizedDrService.ts';
import { Evidence } from './service/Evidence.ts';
import { FleetReads } from './service/FleetReads.ts';
import { PolicyReads } from './service/PolicyReads.ts';
import { VerdictStore } from './verdicts/VerdictStore.ts';
import { VerdictWatch } from './verdicts/VerdictWatch.ts';
import { Judge } from './service/Judge.ts';
import { countsOf } from './service/pages.ts';

export interface PortalOptions {
  /** A list that `found` changes; nobody keeps a copy. */
  clusters: readonly ClusterClient[];
  /** What changes `clusters`. */
  found: readonly Pick<FoundClusters, 'run'>[];
  engines: readonly Engine[];
  /** Of all that is answered; logger, auditor and notifications have theirs already. */
  censor: Censor;
  settings: Settings;
  database: Database;
  clock: Clock;
  /** This replica, as leases and journals name it. */
  holder: string;
  auditor: AuditorService;
  auth: AuthService;
  catalog: CatalogService;
  httpAuth: HttpAuthService;
  logger: LoggerService;
  metrics: MetricsService;
  notifications: NotificationService;
  permissions: PermissionsService;
  signals: SignalsService;
  userInfo: UserInfoService;
}

export interface Portal {
  router: Router;
  /** What `registerActions` offers to assistants and templates. */
  actions: ActionSubjects;
  /** Of core, for what the portal does by itself. Whatever a caller asks for goes through the router. */
  service: DrService;
  /** One round of `dr.policies.mode: apply`; with other modes nothing ever calls it. */
  reconciler: Reconciler;
  /** Judges whose owner has to be told; with `dr.notifications.verdicts: false` nothing ever calls it. */
  verdicts: VerdictWatch;
  /** With `dr.drills.scheduled: false` nothing ever calls it. */
  driller: Driller;
  /** Begins to watch clusters and catalog, in the background. */
  start(): void;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Everything put together; no part below knows where the others come from. */
export function createPortal(options: PortalOptions): Portal {
  const { clusters, engines, settings, clock, logger, auditor, permissions } = options;
  const leaving = new AbortController();
  const announcer = createAnnouncer({ ...options, operators: settings.operators, ofOperations: settings.notifications.operations });

  const kinds = [...applicationKinds, ...engines.flatMap((engine) => engine.kinds)];
  const reader = new WatchReader({
    clusters,
    clock,
    kinds,
    selections: [journalSelection(settings.namespace)],
  });
  const catalog = new CatalogCache({
    ...options,
    onChange: () => {
      index.touch();
      comparing?.touch();
    },
  });
  const journal = new JournalIndex(reader, clusters, settings.namespace);
  const service = createDrService({
    ...options,
    reader: new WatchedReader({ watches: reader, kept: kinds, clusters }),
    catalog,
    journal,
    tenancy: settings.tenancy,
    namespace: settings.namespace,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const { mode, prune } = settings.policies;
  const comparing = mode === 'off' ? undefined : new PolicyIndex({ service, reader, clock, logger, onChange: () => index.touch() });
  const index: FleetIndex = new FleetIndex({
    service,
    reader,
    catalogTried: (milliseconds, signal) => catalog.tried(milliseconds, signal),
    clock,
    logger,
    tenancy: settings.tenancy,
    ...(comparing && { remarks: (application) => comparing.driftOf(application) }),
    onChange: () => announcer.signal({ type: 'fleet' }),
  });

  const metrics = publishMetrics({
    metrics: options.metrics,
    clock,
    states: () => index.states(),
    assessedAt: () => index.assessedAt,
    verdicts: () => (index.assessedAt === undefined ? undefined : countsOf(index.current().fleet.applications)),
  });
  /** For what tells people or begins something by itself. */
  const judged = (): readonly ApplicationStatus[] => {
    catalog.assertKnown();
    return index.current().fleet.applications;
  };
  const runner = new OperationRunner({
    logger,
    clock,
    onChange: (id) => announcer.signal({ type: 'operation', id }),
    onEnd(operation) {
      metrics.ended(operation);
      announcer.ended(operation);
    },
  });
  const views = new OperationViews(journal, runner);
  reader.onChange(() => {
    for (const id of views.changed()) announcer.signal({ type: 'operation', id });
  });

  const callers = new CallerResolver({ ...options, operators: settings.operators, ancestors: (groups) => catalog.ancestors(groups) });
  const gate = new Gate({ callers, permissions, index, requireOwnership: settings.requireOwnership, clock });
  const applications = new ApplicationReads({ gate, index, auditor, clock });
  const judge = new Judge({ index, catalog, views });
  const approvals = new Approvals({
    store: new ApprovalStore(options.database, clock),
    gate,
    judge,
    announcer,
    auditor,
    clock,
    async begin({ plan, operationId, requestedBy, reason }, approvedBy) {
      const why = reason !== undefined && { reason };
      const started = await service.execute(plan, { name: requestedBy }, { operationId, approvedBy, signal: leaving.signal, ...why });
      runner.start(started);
      return started;
    },
  });
  const corrections = new CorrectionStore(options.database, clock);
  const authorized = new AuthorizedDrService({
    service,
    gate,
    reads: applications,
    index,
    judge,
    approvals,
    operationsPerHour: settings.operationsPerHour,
    plans: new PlanStore(options.database, clock),
    requests: new RequestStore(options.database, clock),
    runner,
    views,
    auditor,
    clock,
    leaving: leaving.signal,
  });
  const handlers = createHandlers({
    approvals,
    applications,
    fleet: new FleetReads({
      reads: applications,
      index,
      engines,
      configured: clusters,
      who: (credentials) => callers.resolve(credentials),
      operations: (asker, filter) => authorized.operations(asker, filter),
    }),
    policies: new PolicyReads({ reads: applications, index, comparing, corrections, mode, prune }),
    service: authorized,
    evidence: new Evidence({
      service,
      gate,
      reads: applications,
      index,
      judge,
      catalog,
      engines,
      auditor,
      operations: (asker, filter) => authorized.operations(asker, filter),
    }),
  });

  let running: Promise<unknown> = Promise.resolve();
  return {
    router: createRouter({ ...options, handlers }),
    actions: { reads: applications, service: authorized, censor: options.censor },
    service,
    reconciler: new Reconciler({
      service,
      catalog,
      policies: () => index.current().fleet.policies,
      states: () => index.states(),
      store: corrections,
      auditor,
      logger,
      prune,
    }),
    verdicts: new VerdictWatch({
      store: new VerdictStore(options.database, clock),
      clock,
      applications: judged,
      tell: (news) => announcer.verdicts(news),
    }),
    driller: new Driller({
      service,
      applications: judged,
      operations: () => views.all(),
      states: () => index.states(),
      runner,
      auditor,
      logger,
      clock,
      leaving: leaving.signal,
    }),
    start() {
      const { signal } = leaving;
      running = Promise.all([
        reader.run(signal),
        ...options.found.map((each) => each.run(reader, signal)),
        catalog.run(signal),
        index.run(signal),
        comparing?.run(signal),
      ]);
    },
    async stop() {
      leaving.abort(new Error('the portal is shutting down'));
      const patience = new AbortController();
      // What does not stop by itself by then would not be waited for by anybody else either.
      await Promise.race([Promise.all([running, runner.idle()]), clock.sleep(5_000, patience.signal).catch(() => undefined)]);
      patience.abort();
    },
  };
}
