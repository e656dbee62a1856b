import { adminNamespace, kinds } from '@kubectl-dr/core/engines/stork/kinds';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { Controller } from '../controller.ts';
import { definition } from '../definition.ts';
import { backupController } from './backups.ts';
import { actionController } from './actions.ts';
import { cloneController } from './clones.ts';
import type { StorkOptions } from './context.ts';
import { type MigrationOptions, migrationController, migrationScheduleController } from './migrations.ts';
import { restoreController } from './restores.ts';
import { backupScheduleController } from './schedules.ts';

/** Stork with Portworx volumes, as ordinary controllers: what it moves are the files of simulated volumes. */
export function storkControllers(options: StorkOptions): Controller[] {
  return [backupController(options), restoreController(options), backupScheduleController(options)];
}

/** Definitions as Stork makes them itself: open schemas, no status subresource, no columns. */
export function storkDefinitions(): KubeObject[] {
  return Object.values(kinds).map((type) => definition(type, {}));
}

/** A location in a bucket of a served store. The keys lie open in it, as storkctl writes them. */
export function backupLocation(name: string, bucket: string, endpoint: string): KubeObject {
  return {
    apiVersion: apiVersionOf(kinds.locations),
    kind: kinds.locations.kind,
    metadata: { name, namespace: adminNamespace },
    location: {
      type: 's3',
      path: bucket,
      s3Config: { endpoint, region: 'sandbox', accessKeyID: 'open', secretAccessKey: 'sesame', disableSSL: true },
    },
  };
}

/** Also what goes from cluster to cluster. */
export function movingControllers(options: MigrationOptions): Controller[] {
  return [migrationController(options), migrationScheduleController(options), actionController(options), cloneController(options)];
}

/** A pair with the other cluster, which Stork has found to be there. The whole kubeconfig lies open in it. */
export function clusterPair(name: string, namespace: string, ready = true): KubeObject {
  const state = ready ? 'Ready' : 'Error';
  return {
    apiVersion: apiVersionOf(kinds.pairs),
    kind: kinds.pairs.kind,
    metadata: { name, namespace },
    spec: { config: { users: { admin: { token: 'sesame' } } }, options: {} },
    status: { schedulerStatus: state, storageStatus: state, remoteStorageId: name },
  };
}
