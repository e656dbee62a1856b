import { at, textAt, timeOf } from '../../application/raw.ts';
import { NotFoundError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import type { ReplicationRef } from '../../ports/replication.ts';
import { copyTrigger, kinds } from './kinds.ts';
import { isPaused, manualOf } from './status.ts';

/** The object of one end, with its kind. */
export interface End {
  ref: ReplicationRef;
  object: KubeObject;
}

export function typeOf({ role }: Pick<ReplicationRef, 'role'>) {
  return role === 'source' ? kinds.sources : kinds.destinations;
}

export function read({ cluster, signal }: EngineContext, refs: readonly ReplicationRef[]): Promise<End[]> {
  return Promise.all(
    refs.map(async (ref) => {
      const type = typeOf(ref);
      const object = await cluster.get({ type, name: ref.name, namespace: ref.namespace }, signal ? { signal } : {});
      return { ref, object: { ...object, kind: type.kind } };
    }),
  );
}

export async function pause(context: EngineContext, refs: readonly ReplicationRef[], paused: boolean): Promise<void> {
  const { cluster, signal } = context;
  for (const { ref, object } of await read(context, refs)) {
    if (isPaused(object) === paused) continue;
    await cluster.patch(
      { type: typeOf(ref), name: ref.name, namespace: ref.namespace },
      'merge',
      { spec: { paused } },
      signal ? { signal } : {},
    );
  }
}

/** `2026-01-15T12:00:00Z`, or nothing: compared with what it was, so as it stands. */
export function lastSyncOf(object: KubeObject): string {
  return textAt(object, 'status', 'lastSyncTime') ?? '';
}

/**
 * A claim whose writers have to rest first makes VolSync wait until somebody writes another trigger on it. Where the caller says
 * that they rest, it is written; otherwise whoever quiesces it does that. Tells what is waited for.
 */
export async function letCopy(context: EngineContext, { ref, object }: End, quiesced: boolean): Promise<string | undefined> {
  const { cluster, signal } = context;
  const tag = manualOf(object);
  const name = textAt(object, 'spec', 'sourcePVC');
  if (ref.role !== 'source' || name === undefined || timeOf(at(object, 'status', 'lastSyncStartTime')) === undefined) return undefined;
  const options = signal ? { signal } : {};
  const claimRef = { type: types.persistentVolumeClaims, name, namespace: ref.namespace };
  const claim = await cluster.get(claimRef, options).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  const notes = claim?.metadata.annotations ?? {};
  if (notes[copyTrigger.uses] === undefined || notes[copyTrigger.status] !== 'WaitingForTrigger') return undefined;
  const about = `PersistentVolumeClaim ${ref.namespace}/${name} on ${cluster.name}`;
  if (!quiesced || tag === undefined) return `${about} waits to be quiesced: whoever does it sets the annotation ${copyTrigger.trigger}`;
  if (notes[copyTrigger.trigger] !== tag)
    await cluster.patch(claimRef, 'merge', { metadata: { annotations: { [copyTrigger.trigger]: tag } } }, options);
  return undefined;
}
