import type { EngineContext, NativeProgress } from '../../ports/engine.ts';
import type { ResourceType } from '../../ports/kubernetes.ts';
import { phaseOf } from './phases.ts';
import { count, fields, text, texts } from './schema.ts';

/** The native object as it stands; NotFoundError when it vanished. Never waits. */
export async function progressOf(context: EngineContext, type: ResourceType, name: string, doneField: string): Promise<NativeProgress> {
  const { cluster, namespace, signal } = context;
  const object = await cluster.get({ type, namespace, name }, signal ? { signal } : {});
  const status = fields(object.status);
  const progress = fields(status.progress);
  const done = count(progress[doneField]);
  const total = count(progress.totalItems);
  const validation = texts(status.validationErrors);
  const message = text(status.failureReason) ?? (validation.length > 0 ? validation.join('; ') : undefined);
  return {
    phase: phaseOf(status.phase),
    nativePhase: text(status.phase) ?? '',
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
    ...(message === undefined ? {} : { message }),
  };
}
