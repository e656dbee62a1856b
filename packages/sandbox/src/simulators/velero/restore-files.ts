import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { textAt } from '../../api/json.ts';
import { find, ifThere } from '../find.ts';
import { readableLocation } from './backup-validation.ts';
import { bucketOf } from './bucket.ts';
import type { VeleroOptions } from './context.ts';
import { patch, refIn } from './context.ts';
import { kinds } from './kinds.ts';

/** Keeps a Restore until what it left in the bucket is gone. */
const finalizer = 'restores.velero.io/external-resources-finalizer';

export async function holdRestore(options: VeleroOptions, { metadata }: KubeObject): Promise<void> {
  const { finalizers = [] } = metadata;
  if (!finalizers.includes(finalizer))
    await patch(options, kinds.restores, metadata.name, { metadata: { finalizers: [...finalizers, finalizer] } });
}

/** Removes the files of a Restore that is being deleted, and lets it go. Without its backup nobody knows where they are. */
export async function releaseRestore(options: VeleroOptions, { metadata, spec }: KubeObject): Promise<void> {
  if (!metadata.finalizers?.includes(finalizer)) return;
  const backup = await find(options.cluster, refIn(options, kinds.backups, textAt(spec, 'backupName')));
  const location = backup && (await readableLocation(options, backup));
  await (location && bucketOf(options.buckets, location))?.remove(`restores/${metadata.name}`);
  const finalizers = metadata.finalizers.filter((name) => name !== finalizer);
  await ifThere(patch(options, kinds.restores, metadata.name, { metadata: { finalizers } }));
}
