import { DrError } from '../../errors.ts';
import { comparable } from '../../planning/diff/comparable.ts';
import { marksOfAll } from '../../planning/diff/marks.ts';
import { mergePatchOf } from '../../planning/diff/merge-patch.ts';
import type { CarriedObject } from '../../planning/model.ts';
import { arriving } from '../../planning/move/arriving.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import { counted } from '../../text/counted.ts';
import { type Action, type ActionContext, absent, engineOf, failed, ours } from './context.ts';
import { refOf } from './workloads.ts';

/** Field by field over what is there, whoever made it: the plan has shown the difference. Of what is gone at its source nothing is made. */
export async function carryObjects(action: Action<'objects.carry'>, context: ActionContext): Promise<string> {
  const read = await reader(action, context);
  const isMark = marksOfAll(context.engines);
  const counts = { made: 0, equal: 0, gone: 0 };
  for (const [index, object] of action.objects.entries()) {
    const found = await read(object);
    if (!found) counts.gone += 1;
    else counts[await write(object, arriving(found, { ...action, stopped: object.stopped === true }, isMark), isMark, context)] += 1;
    await context.report({
      message: `${index + 1} of ${action.objects.length} objects`,
      progress: (index + 1) / action.objects.length,
    });
  }
  const gone = counts.gone === 0 ? '' : `, ${counts.gone} are not there any more`;
  return `${counted(counts.made, 'object')} written${counts.equal > 0 ? `, ${counts.equal} were so already` : ''}${gone}`;
}

async function reader(
  { from }: Action<'objects.carry'>,
  context: ActionContext,
): Promise<(object: CarriedObject) => Promise<KubeObject | undefined>> {
  const { signal } = context;
  if ('cluster' in from) {
    const source = context.peer(from.cluster);
    return async (object) => {
      const live = await source.get({ ...refOf(object), namespace: from.namespace }, { signal }).catch(absent);
      return live && { ...live, apiVersion: apiVersionOf(object.type), kind: object.type.kind };
    };
  }
  const { engine, at } = engineOf(from.engine, from.engineNamespace, context);
  const { point, namespace } = from;
  const captured = await engine.objects(
    at,
    { ...point, engine: engine.id, phase: 'Succeeded', nativePhase: '', scope: { namespaces: '*', excludedNamespaces: [] } },
    [namespace],
  );
  return async ({ type, name }) =>
    captured.find(
      (object) =>
        object.kind === type.kind &&
        object.apiVersion === apiVersionOf(type) &&
        object.metadata.name === name &&
        object.metadata.namespace === namespace,
    );
}

async function write(
  object: CarriedObject,
  wanted: KubeObject,
  isMark: (key: string) => boolean,
  context: ActionContext,
): Promise<'made' | 'equal'> {
  const { cluster, signal } = context;
  const live = await cluster.get(refOf(object), { signal }).catch(absent);
  if (!live) {
    try {
      const labels = { ...wanted.metadata.labels, ...ours(context) };
      await cluster.create(object.type, { ...wanted, metadata: { ...wanted.metadata, labels } }, { signal });
      return 'made';
    } catch (error) {
      if (!(error instanceof DrError) || error.code !== 'ALREADY_EXISTS') throw error;
      // A controller was faster: what is there is made equal, by the next try.
      throw failed(context, `${object.type.kind} ${object.namespace}/${object.name} appeared on ${cluster.name} meanwhile`);
    }
  }
  const { apiVersion: _, ...meant } = wanted;
  const patch = mergePatchOf(comparable(live, isMark), meant);
  if (patch === undefined) return 'equal';
  await cluster.patch(refOf(object), 'merge', patch, { signal });
  return 'made';
}
