import { labels } from '../../application/model.ts';
import { DrError } from '../../errors.ts';
import type { RestoreRequest } from '../../ports/engine.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import { type Action, type ActionContext, absent, engineOf, failed, labelText, until } from './context.ts';

type Captured = Pick<Action<'point.await'>, 'engine' | 'engineNamespace' | 'backup'>;

/** What a step of the plan captured, as it is called on this cluster: a shared or copied location keeps names. */
export function capturedPoint({ engine, engineNamespace, backup }: Captured, context: ActionContext): RestoreRequest['point'] {
  const { name } = context.other(backup);
  const cluster = context.cluster.name;
  return { id: `${cluster}/${engine}/${engineNamespace}/${name}`, name, namespace: engineNamespace, cluster };
}

/**
 * A backup arrives when the engine of this cluster has read its location again. That it is this very one is told by the labels of the
 * operation, and what it holds by its contents: an engine may call a backup a success that has left a volume out.
 */
export async function awaitPoint(action: Action<'point.await'>, context: ActionContext): Promise<string> {
  const { engine, at } = engineOf(action.engine, action.engineNamespace, context);
  const { cluster, signal } = context;
  const wanted = capturedPoint(action, context);
  const late = (): DrError =>
    failed(
      context,
      `${wanted.name} has not arrived on ${cluster.name} within ${Math.round(action.timeoutSeconds / 60)} minutes`,
      `see whether ${cluster.name} still reads its location: kubectl dr get locations; then go on, or go back: kubectl dr undo ${context.operationId}`,
    );
  const point = await until(context, { timeoutSeconds: action.timeoutSeconds, late }, async (tell) => {
    const found = await arrived(wanted.id, action, context);
    if (found && (found.phase === 'Succeeded' || found.phase === 'Degraded')) return found;
    tell(`waiting for ${wanted.name} to arrive on ${cluster.name}`);
    return undefined;
  });
  const { volumes } = await engine.contents({ ...at, signal }, point);
  for (const { namespace, claim } of action.claims) {
    const capture = volumes.find((volume) => volume.namespace === namespace && volume.claim === claim);
    if (capture?.state === 'captured' && capture.method === 'data-mover') continue;
    const why = capture?.message ? `: ${capture.message}` : '';
    throw failed(
      context,
      `${wanted.name} does not hold the data of ${namespace}/${claim} so that ${cluster.name} gets at it${why}`,
      `what was stopped is whole, and starts again: kubectl dr undo ${context.operationId}`,
    );
  }
  return `${wanted.name} has arrived, with the data of ${action.claims.map(({ claim }) => claim).join(', ')}`;
}

async function arrived(id: string, action: Action<'point.await'>, context: ActionContext): Promise<RecoveryPoint | undefined> {
  const { engine } = engineOf(action.engine, action.engineNamespace, context);
  const { cluster, signal, operationId } = context;
  const lists = await Promise.all(
    (engine.pointKinds ?? engine.kinds).map(async (type) => {
      const labelSelector = `${labels.operation}=${labelText(operationId)}`;
      const found = await cluster.list(type, { namespace: action.engineNamespace, labelSelector, signal }).catch(absent);
      return [resourceKey(type), found?.items ?? []] as const;
    }),
  );
  const reading = { cluster: cluster.name, now: await cluster.now({ signal }), age: 0, objects: new Map(lists), failures: new Map() };
  return engine.interpret(reading).points.find((point) => point.id === id);
}
