import { textAt } from '../../api/json.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find, ifThere } from '../find.ts';
import { readableLocation } from './backup-validation.ts';
import { bucketOf } from './bucket.ts';
import type { VeleroOptions } from './context.ts';
import { now, patch, refIn } from './context.ts';
import { kinds } from './kinds.ts';

const signedFor = 10 * 60_000;
const statusKept = 60_000;
const retryAfter = 1_000;

/**
 * Signs download links. What cannot be signed (no such backup, restore or location) stays without a word, as with the
 * real server, and is tried again; an artefact that does not exist is a link to nothing.
 */
export function downloadController(options: VeleroOptions): Controller {
  const links = new Map<string, { withdraw(): void }>();
  const type = kinds.downloadRequests;
  const forget = (name: string): void => {
    links.get(name)?.withdraw();
    links.delete(name);
  };
  return {
    name: 'velero downloads',
    watches: [own(type)],
    async reconcile({ name }): Promise<number | void> {
      const request = await find(options.cluster, refIn(options, type, name));
      if (request === undefined) return forget(name);
      const expires = Date.parse(textAt(request, 'status', 'expiration'));
      const left = expires - options.clock.now().getTime();
      if (left <= 0) {
        forget(name);
        await ifThere(options.cluster.delete(refIn(options, type, name)));
        return;
      }
      if (textAt(request, 'status', 'phase') === 'Processed') return left;
      const kind = textAt(request, 'spec', 'target', 'kind');
      const target = textAt(request, 'spec', 'target', 'name');
      const restore = kind.startsWith('Restore') ? await find(options.cluster, refIn(options, kinds.restores, target)) : undefined;
      const backupName = kind.startsWith('Restore') ? textAt(restore, 'spec', 'backupName') : target;
      const backup = backupName === '' ? undefined : await find(options.cluster, refIn(options, kinds.backups, backupName));
      const location = backup && (await readableLocation(options, backup));
      const bucket = location && bucketOf(options.buckets, location);
      const expiration = new Date(options.clock.now().getTime() + signedFor).toISOString().replace(/\.\d+Z$/, 'Z');
      if (bucket === undefined) {
        if (Number.isNaN(expires)) await ifThere(patch(options, type, name, { status: { expiration } }));
        return retryAfter;
      }
      const bytes = await bucket.artefact(kind, target);
      const link = bytes === undefined ? { url: options.missing, withdraw: () => undefined } : options.offer(bytes);
      links.set(name, link);
      await ifThere(patch(options, type, name, { status: { phase: 'Processed', downloadURL: link.url, expiration } }));
    },
  };
}

/** Answers whoever asks whether the server is there. */
export function statusController(options: VeleroOptions): Controller {
  const type = kinds.serverStatusRequests;
  return {
    name: 'velero status',
    watches: [own(type)],
    async reconcile({ name }): Promise<number | void> {
      const request = await find(options.cluster, refIn(options, type, name));
      if (request === undefined) return;
      const processed = Date.parse(textAt(request, 'status', 'processedTimestamp'));
      if (!Number.isNaN(processed)) {
        const left = processed + statusKept - options.clock.now().getTime();
        if (left > 0) return left;
        await ifThere(options.cluster.delete(refIn(options, type, name)));
        return;
      }
      const plugins = [
        { kind: 'ObjectStore', name: 'velero.io/aws' },
        { kind: 'BackupItemActionV2', name: 'velero.io/csi-pvc-backupper' },
        { kind: 'RestoreItemActionV2', name: 'velero.io/csi-pvc-restorer' },
      ];
      const status = { phase: 'Processed', processedTimestamp: now(options), serverVersion: options.behaviour.version, plugins };
      await patch(options, type, name, { status });
    },
  };
}
