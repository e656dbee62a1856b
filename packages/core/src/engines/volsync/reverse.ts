import { ConflictError } from '../../errors.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Ends, ReplicationRef, ReplicationRequest } from '../../ports/replication.ts';
import { NotFoundError } from '../../errors.ts';
import { pause } from './ends.ts';
import { notes } from './kinds.ts';
import { render } from './render.ts';
import { isPaused } from './status.ts';

/** The former pair rests, the other one is made, or goes on when it was there before. Each way has repositories of its own. */
export async function reverse(
  ends: Partial<Ends>,
  request: ReplicationRequest,
  former: readonly ReplicationRef[],
): Promise<{ pending: ('source' | 'target')[] }> {
  for (const context of Object.values(ends)) {
    for (const ref of former.filter(({ cluster }) => cluster === context.cluster.name)) {
      await pause(context, [ref], true).catch((error: unknown) => {
        if (!(error instanceof NotFoundError)) throw error;
      });
    }
  }
  for (const { end, type, object } of render(request)) {
    const context = ends[end];
    if (!context) continue;
    const { cluster, signal } = context;
    const options = signal ? { signal } : {};
    const { name, namespace = '' } = object.metadata;
    try {
      await cluster.create(type, object, options);
    } catch (error) {
      if (!(error instanceof ConflictError) || error.code !== 'ALREADY_EXISTS') throw error;
      const live = await cluster.get({ type, name, namespace }, options);
      const says = ({ metadata: { annotations = {} } }: KubeObject): string =>
        `${annotations[notes.peer]}/${annotations[notes.peerNamespace]}`;
      if (says(live) !== says(object))
        throw new ConflictError(`${type.kind} ${namespace}/${name} on ${cluster.name} exists already and copies something else`, {
          code: 'ALREADY_EXISTS',
          cluster: cluster.name,
        });
      if (isPaused(live))
        await cluster.patch({ type, name, namespace }, 'merge', { spec: { paused: false, trigger: { manual: null } } }, options);
    }
  }
  return { pending: (['source', 'target'] as const).filter((end) => !ends[end]) };
}
