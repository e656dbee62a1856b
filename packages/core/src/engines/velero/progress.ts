import { textList, timeOf } from '../../application/raw.ts';
import { DrError } from '../../errors.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { veleroKinds } from './kinds.ts';
import { phaseOf } from './phases.ts';
import { count, fields, text } from './schema.ts';

/** How long nobody may have looked at an object, nor at any location, before nobody is expected to: 10 minutes. */
const patience = 10 * 60_000;

/**
 * A server that works on something else leaves what comes later without a phase, for hours; but it goes on looking at its
 * locations, once a minute unless it was told not to. Where that cannot be told, it is waited for.
 */
async function isUnattended({ cluster, namespace, signal }: EngineContext, { metadata }: KubeObject): Promise<boolean> {
  const options = signal ? { signal } : {};
  const now = (await cluster.now(options)).getTime();
  if (now - (timeOf(metadata.creationTimestamp) ?? now) <= patience) return false;
  try {
    const { items } = await cluster.list(veleroKinds.locations, { namespace, ...options });
    const looks = items.flatMap(({ status }) => timeOf(fields(status).lastValidationTime) ?? []);
    return (
      looks.length > 0 &&
      items.every(({ spec }) => text(fields(spec).validationFrequency)?.startsWith('0') !== true) &&
      now - Math.max(...looks) > patience
    );
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return false;
    throw error;
  }
}

/** The native object as it stands; NotFoundError when it vanished. Never waits. */
export async function progressOf(context: EngineContext, type: ResourceType, name: string, doneField: string): Promise<NativeProgress> {
  const { cluster, namespace, signal } = context;
  const object = await cluster.get({ type, namespace, name }, signal ? { signal } : {});
  const status = fields(object.status);
  const progress = fields(status.progress);
  const done = count(progress[doneField]);
  const total = count(progress.totalItems);
  const validation = textList(status.validationErrors);
  const message = text(status.failureReason) ?? (validation.length > 0 ? validation.join('; ') : undefined);
  if ((status.phase === undefined || status.phase === '') && (await isUnattended(context, object)))
    return { phase: 'Failed', nativePhase: 'New', message: `no Velero server acts on ${type.kind} ${namespace}/${name}` };
  return {
    phase: phaseOf(status.phase),
    nativePhase: text(status.phase) ?? '',
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
    ...(message === undefined ? {} : { message }),
  };
}
