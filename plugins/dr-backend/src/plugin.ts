import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef, metricsServiceRef } from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { drPermissions } from '@kubectl-dr/backstage-plugin-dr-common';
import type { ClusterSupplier } from '@kubectl-dr/backstage-plugin-dr-node';
import { drClustersExtensionPoint, drEnginesExtensionPoint } from '@kubectl-dr/backstage-plugin-dr-node';
import { engines as builtIn } from '@kubectl-dr/core/engines/registry.generated';
import { InputError } from '@kubectl-dr/core/errors';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Engine } from '@kubectl-dr/core/ports/engine';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { registerActions } from './actions/registerActions.ts';
import { scheduleOnOneReplica } from './background/schedule.ts';
import { backgroundTasks } from './background/tasks.ts';
import { FoundClusters } from './clusters/FoundClusters.ts';
import { suppliedClusters } from './clusters/supplied-clusters.ts';
import { configuredClusters } from './config/clusters.ts';
import { clustersOfKubernetesPlugin } from './config/kubernetes-plugin.ts';
import { kubernetesPlugin } from './config/kubernetes-client.ts';
import { readSettings } from './config/settings.ts';
import { openDatabase } from './database/migrate.ts';
import { createPortal } from './portal.ts';
import { Censor, configuredSecrets } from './secrecy/Censor.ts';
import { censoredAuditor, censoredLogger, censoredNotifications } from './secrecy/services.ts';

/** Disaster recovery: index of the clusters, REST API under `/api/dr`. */
export const drPlugin = createBackendPlugin({
  pluginId: 'dr',
  register(env) {
    const engines: Engine[] = [...builtIn];
    const suppliers: ClusterSupplier[] = [];
    env.registerExtensionPoint(drEnginesExtensionPoint, {
      addEngine(engine) {
        if (engines.some(({ id }) => id === engine.id))
          throw new InputError(`the engine "${engine.id}" exists already`, { code: 'BAD_CONFIG' });
        engines.push(engine);
      },
    });
    env.registerExtensionPoint(drClustersExtensionPoint, { addSupplier: (supplier) => void suppliers.push(supplier) });
    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        metrics: metricsServiceRef,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        userInfo: coreServices.userInfo,
      },
      async init({ actionsRegistry, config, database, discovery, httpRouter, lifecycle, permissionsRegistry, scheduler, ...given }) {
        const censor = new Censor(configuredSecrets(config));
        const services = {
          ...given,
          auditor: censoredAuditor(given.auditor, censor),
          logger: censoredLogger(given.logger, censor),
          notifications: censoredNotifications(given.notifications, censor),
        };
        const { logger } = services;
        const settings = readSettings(config);
        const surroundings = { env: process.env, cwd: process.cwd() };
        const named = await configuredClusters(config, surroundings);
        const {
          clusters: shared,
          problems,
          found: located,
        } = await clustersOfKubernetesPlugin(config, {
          own: named.map(({ name }) => name),
          surroundings,
          plugin: kubernetesPlugin(discovery, services.auth, systemClock),
        });
        for (const problem of problems) logger.warn(problem);
        const configured = [...named, ...shared];
        const clusters: ClusterClient[] = [...configured];
        const sources = [...suppliers.map((supplier) => suppliedClusters(supplier, clusters)), ...(located ? [located] : [])];
        const found = sources.map((source) => new FoundClusters({ located: source, clusters, clock: systemClock, logger }));
        // One after the other: of two that offer the same name, it is always the first that has it.
        for (const each of found) await each.look();
        if (clusters.length === 0) logger.warn('No cluster is configured: name yours under dr.clusters in app-config.yaml');
        permissionsRegistry.addPermissions(drPermissions);
        const portal = createPortal({
          ...services,
          censor,
          clusters,
          found,
          engines,
          settings,
          database: await openDatabase(database),
          clock: systemClock,
          // Two replicas may have the same host and number: on the network of their node, or in one process.
          holder: `portal@${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
        });
        httpRouter.use(portal.router);
        registerActions(actionsRegistry, portal.actions);
        portal.start();
        await scheduleOnOneReplica(scheduler, backgroundTasks({ ...services, ...portal, settings }));
        lifecycle.addShutdownHook(async () => {
          await portal.stop();
          await Promise.all([...configured, ...found].map((each) => each.close()));
        });
      },
    });
  },
});
