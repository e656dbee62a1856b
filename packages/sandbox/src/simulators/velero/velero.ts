import type { Api } from '../../api/server.ts';
import type { Controller } from '../controller.ts';
import type { Buckets } from '../object-store.ts';
import type { Stage } from '../stage.ts';
import { backupController } from './backups.ts';
import type { VeleroBehaviour, VeleroOptions } from './context.ts';
import { deletionController, expiryController } from './deletions.ts';
import { locationController } from './locations.ts';
import { downloadController, statusController } from './requests.ts';
import { restoreController } from './restores.ts';
import { scheduleController } from './schedules.ts';

/** A Velero server: the same objects, phases and files, with the disks of the sandbox as its volumes. */
export function veleroControllers(options: VeleroOptions): Controller[] {
  return [
    statusController(options),
    locationController(options),
    backupController(options),
    restoreController(options),
    scheduleController(options),
    downloadController(options),
    deletionController(options),
    expiryController(options),
  ].map((controller) => onDuty(controller, options));
}

/** A server that is down does nothing, and looks into no other namespace than its own. */
function onDuty(controller: Controller, options: VeleroOptions): Controller {
  return {
    ...controller,
    async reconcile(key): Promise<number | void> {
      if (key.namespace !== options.namespace) return;
      return options.behaviour.down ? 1_000 : controller.reconcile(key);
    },
  };
}

/** A server's options on a cluster of the sandbox. `url` is where clients reach the cluster. */
export function veleroOptions(stage: Stage, buckets: Buckets, behaviour: VeleroBehaviour, url: () => string): VeleroOptions {
  const { cluster, clock, durations, volumes, api } = stage;
  return {
    cluster,
    clock,
    durations,
    volumes,
    buckets,
    behaviour,
    namespace: 'velero',
    offer: (bytes) => offer(api, bytes, url()),
    get missing() {
      return `${url()}/_objects/nothing`;
    },
  };
}

function offer({ objects }: Api, bytes: Uint8Array, url: string): { url: string; withdraw(): void } {
  // Whoever knows the link may read: it must not be guessed.
  const key = crypto.randomUUID();
  objects.set(key, bytes);
  return { url: `${url}/_objects/${key}`, withdraw: () => void objects.delete(key) };
}
