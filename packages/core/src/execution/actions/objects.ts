import { labels } from '../../application/model.ts';
import { at } from '../../application/raw.ts';
import { InputError } from '../../errors.ts';
import { comparable } from '../../planning/diff/comparable.ts';
import { marksOf } from '../../planning/diff/marks.ts';
import { mergePatchOf } from '../../planning/diff/merge-patch.ts';
import type { ObjectTarget, RestoredObject } from '../../planning/model.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import { type Action, type ActionContext, absent, engineOf, failed, labelText, ours, until } from './context.ts';
import { capturedPoint } from './point-await.ts';
import { refOf } from './workloads.ts';

/**
 * Writes the named objects as the point holds them. Not through the engine's own restore: that selects by labels, which
 * Secrets and ConfigMaps seldom carry, and would take those of other components along.
 */
export async function restoreObjects(action: Action<'objects.restore'>, context: ActionContext): Promise<string> {
  const { engine, at: where } = engineOf(action.engine, action.engineNamespace, context);
  const namespaces = [...new Set(action.objects.flatMap(({ namespace }) => namespace ?? []))];
  const captured = await engine.objects(where, pointOf(action, context), namespaces);
  const counts = { created: 0, changed: 0, equal: 0 };
  for (const [index, object] of action.objects.entries()) {
    const wanted = captured.find(
      (candidate) =>
        candidate.kind === object.type.kind &&
        candidate.apiVersion === apiVersionOf(object.type) &&
        candidate.metadata.name === object.name &&
        candidate.metadata.namespace === object.namespace,
    );
    if (!wanted) throw failed(context, `${object.type.kind} ${object.namespace}/${object.name} is not in the point any more`);
    counts[await putBack(object, wanted, marksOf(engine), context)] += 1;
    await context.report({
      message: `${index + 1} of ${action.objects.length} objects`,
      progress: (index + 1) / action.objects.length,
    });
  }
  return `${counts.changed} objects changed, ${counts.created} created, ${counts.equal} were so already`;
}

function pointOf({ source, engine, engineNamespace }: Action<'objects.restore'>, context: ActionContext): RecoveryPoint {
  const ref = 'backup' in source ? capturedPoint({ engine, engineNamespace, backup: source.backup }, context) : source.point;
  return { ...ref, engine, phase: 'Succeeded', nativePhase: '', scope: { namespaces: '*', excludedNamespaces: [] } };
}

async function putBack(
  object: RestoredObject,
  captured: KubeObject,
  isMark: (key: string) => boolean,
  context: ActionContext,
): Promise<'created' | 'changed' | 'equal'> {
  const { cluster, signal } = context;
  const wanted = comparable(captured, isMark);
  const live = await cluster.get(refOf(object), { signal }).catch(absent);
  if (!live) {
    const metadata = wanted.metadata as KubeObject['metadata'];
    await cluster.create(
      object.type,
      {
        ...wanted,
        apiVersion: apiVersionOf(object.type),
        kind: object.type.kind,
        metadata: { ...metadata, labels: { ...metadata.labels, ...ours(context) } },
      },
      { signal },
    );
    return 'created';
  }
  const now = comparable(live, isMark);
  for (const path of object.except ?? []) keepLive(wanted, now, path);
  const patch = mergePatchOf(now, wanted);
  if (patch === undefined) return 'equal';
  await cluster.patch(refOf(object), 'merge', patch, { signal });
  return 'changed';
}

/** The live value of one field, or none where there is none. */
function keepLive(wanted: Record<string, unknown>, live: Record<string, unknown>, path: readonly string[]): void {
  const parent = at(wanted, ...path.slice(0, -1)) as Record<string, unknown> | undefined;
  const value = at(live, ...path);
  if (parent === undefined) return;
  if (value === undefined) delete parent[path.at(-1)!];
  else parent[path.at(-1)!] = value;
}

export async function removeObjects(action: Action<'objects.remove'>, context: ActionContext): Promise<string> {
  const { cluster, signal, operationId } = context;
  let removed = 0;
  for (const object of action.objects) {
    if (['PersistentVolume', 'PersistentVolumeClaim', 'Namespace'].includes(object.type.kind))
      throw new InputError(`a plan cannot remove ${object.type.kind} ${object.name} like other objects: it holds data`);
    const live = await cluster.get(refOf(object), { signal }).catch(absent);
    if (!live) continue;
    const meant =
      object.uid === undefined ? isOwn(live, operationId) || (await cameBack(live, action, context)) : live.metadata.uid === object.uid;
    if (!meant) continue;
    await removeObject(object, live, context);
    removed += 1;
  }
  return removed === 0 ? 'nothing to remove' : `${removed} objects removed`;
}

/** This very one, and waits until it is gone: what comes next may be of the same name. */
export async function removeObject(object: ObjectTarget, { metadata: { uid } }: KubeObject, context: ActionContext): Promise<void> {
  const { cluster, signal } = context;
  await cluster.delete(refOf(object), { ...(uid !== undefined && { preconditions: { uid } }), signal }).catch(absent);
  const what = `${object.type.kind} ${object.namespace}/${object.name}`;
  const late = () => failed(context, `${what} on ${cluster.name} does not go away`, 'a finalizer holds it: look at metadata.finalizers');
  await until(context, { timeoutSeconds: 300, late }, async (tell) => {
    const now = await cluster.get(refOf(object), { signal }).catch(absent);
    if (!now || now.metadata.uid !== uid) return true;
    tell(`waiting for ${what} to go`);
    return undefined;
  });
}

/** With the restore that is meant. */
async function cameBack(live: KubeObject, { restored }: Action<'objects.remove'>, context: ActionContext): Promise<boolean> {
  if (!restored) return false;
  const { engine, at: where } = engineOf(restored.engine, restored.engineNamespace, context);
  const { names } = context.other(restored.restore);
  return (await Promise.all(names.map((name) => engine.isRestoredBy(live, name, where)))).includes(true);
}

/** Made by this operation: by its label, or a pod that nothing controls, which only a restore of pods leaves behind. */
function isOwn(live: KubeObject, operationId: string): boolean {
  if (live.kind === 'Pod') return !live.metadata.ownerReferences?.some((owner) => owner.controller);
  return live.metadata.labels?.[labels.operation] === labelText(operationId);
}
