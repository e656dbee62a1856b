import { textAt } from '../../application/raw.ts';
import { DrError, asDrError } from '../../errors.ts';
import type { Intended } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import { types } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { planCapture } from './capture.ts';
import { type Returning, returningOf } from './restore.ts';
import { contentOf } from './source.ts';

/** What a snapshot, or a volume made from one, will fail at. */
export async function foresee(context: EngineContext, intended: Intended): Promise<Reason[]> {
  if ('backup' in intended) return (await planCapture(context, intended.backup)).reasons;
  const returning = await returningOf(context, intended.restore);
  const classes = await provisioners(context);
  const reasons = await Promise.all(returning.map((item) => obstacle(item, classes, context)));
  return reasons.flatMap((reason) => reason ?? []);
}

async function obstacle(
  { claim, snapshot }: Returning,
  classes: ReadonlyMap<string, string | undefined> | undefined,
  context: EngineContext,
): Promise<Reason | undefined> {
  const { cluster } = context;
  const { namespace, name } = snapshot.metadata;
  const about = {
    severity: 'blocker' as const,
    cluster: cluster.name,
    evidence: [`VolumeSnapshot ${namespace}/${name}`, `PersistentVolumeClaim ${namespace}/${claim.metadata.name}`],
    fix: 'choose another point: kubectl dr get points',
  };
  let driver: string | undefined;
  try {
    driver = textAt(await contentOf(snapshot, context), 'spec', 'driver');
  } catch (thrown) {
    const error = asDrError(thrown);
    if (error.code !== 'NOT_FOUND' && error.code !== 'BAD_INPUT') throw error;
    return { ...about, code: 'POINT_UNUSABLE', message: error.message };
  }
  const storageClass = textAt(claim, 'spec', 'storageClassName');
  const provisioner = storageClass === undefined ? undefined : classes?.get(storageClass);
  if (driver === undefined || provisioner === undefined || provisioner === driver) return undefined;
  return {
    ...about,
    code: 'CSI_DRIVER_MISMATCH',
    message: `the snapshot of ${claim.metadata.name} was taken by ${driver}, and the StorageClass ${storageClass} on ${cluster.name} makes volumes by ${provisioner}, which cannot read it`,
    fix: `make the StorageClass ${storageClass} again with the provisioner ${driver}`,
  };
}

/** Class -> provisioner. Undefined: they may not be seen. */
async function provisioners({ cluster, signal }: EngineContext): Promise<ReadonlyMap<string, string | undefined> | undefined> {
  try {
    const { items } = await cluster.list(types.storageClasses, signal ? { signal } : {});
    return new Map(items.map((item) => [item.metadata.name, textAt(item, 'provisioner')]));
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return undefined;
    throw error;
  }
}
