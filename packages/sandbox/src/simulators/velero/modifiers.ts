import { InputError } from '@kubectl-dr/core/errors';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { applyPatch } from 'rfc6902';
import type { Patch } from 'rfc6902';
import { parse } from 'yaml';
import { asKubeObject, at, equal, isRecord, listAt, mergePatch, recordAt, textAt, textsAt } from '../../api/json.ts';
import { labelSelector, selectorText } from '../../api/selectors.ts';
import { strategicMerge } from '../../api/strategic.ts';
import { find } from '../find.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';

/** Changes an object on its way back; every rule that cannot be applied is an error, and the object stays as it was before it. */
export type Modifiers = (object: KubeObject, resource: string) => { object: KubeObject; errors: string[] };

/** The rules of the ConfigMap that a restore names as its `resourceModifier` (`internal/resourcemodifiers`). */
export async function resourceModifiers(options: VeleroOptions, spec: unknown): Promise<Modifiers> {
  const name = textAt(spec, 'resourceModifier', 'name');
  if (name === '') return (object) => ({ object, errors: [] });
  if (textAt(spec, 'resourceModifier', 'kind').toLowerCase() !== 'configmap') {
    throw new InputError(`resource modifier of kind ${textAt(spec, 'resourceModifier', 'kind')} is not supported`);
  }
  const map = await find(options.cluster, refIn(options, types.configMaps, name));
  if (map === undefined) throw new InputError(`failed to get resource modifiers configmap ${options.namespace}/${name}`);
  const texts = Object.values(recordAt(map, 'data'));
  if (texts.length !== 1)
    throw new InputError(
      `Error in parsing resource modifiers provided in configmap ${options.namespace}/${name}: illegal resource modifiers ${name} configmap`,
    );
  const rules: unknown = parse(String(texts[0]));
  if (!isRecord(rules) || rules.version !== 'v1' || !Array.isArray(rules.resourceModifierRules)) {
    throw new InputError(`Validation error in resource modifiers provided in configmap ${options.namespace}/${name}`);
  }
  return (object, resource) => {
    const errors: string[] = [];
    let changed = object;
    for (const rule of listAt(rules, 'resourceModifierRules')) {
      if (!concerns(recordAt(rule, 'conditions'), changed, resource)) continue;
      try {
        changed = modified(rule, changed);
      } catch (thrown) {
        errors.push(`error in applying resource modifiers to ${resource} ${object.metadata.name}: ${(thrown as Error).message}`);
      }
    }
    return { object: changed, errors };
  };
}

function concerns(conditions: Record<string, unknown>, object: KubeObject, resource: string): boolean {
  const wanted = textAt(conditions, 'groupResource');
  if (wanted !== '*' && wanted !== resource) return false;
  const namespaces = textsAt(conditions, 'namespaces');
  if (namespaces.length > 0 && !namespaces.includes(object.metadata.namespace ?? '')) return false;
  const expression = textAt(conditions, 'resourceNameRegex');
  if (expression !== '' && !new RegExp(expression).test(object.metadata.name)) return false;
  if (isRecord(conditions.labelSelector)) {
    const selects = labelSelector(selectorText(conditions.labelSelector));
    if (selects !== undefined && !selects(object)) return false;
  }
  return listAt(conditions, 'matches').every((match) => {
    const path = textAt(match, 'path')
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    return equal(at(object, ...path), valueOf(at(match, 'value')));
  });
}

function modified(rule: unknown, object: KubeObject): KubeObject {
  let next = object;
  for (const merge of listAt(rule, 'mergePatches'))
    next = asKubeObject(recordAt({ to: mergePatch(next, parse(textAt(merge, 'patchData'))) }, 'to'));
  for (const merge of listAt(rule, 'strategicPatches'))
    next = asKubeObject(recordAt({ to: strategicMerge(next, parse(textAt(merge, 'patchData'))) }, 'to'));
  const patches = listAt(rule, 'patches').filter(isRecord);
  if (patches.length === 0) return next;
  const copy = structuredClone(next);
  const operations = patches.map(({ operation, path, from, value }) => ({
    op: operation,
    path,
    ...(from !== undefined && { from }),
    ...(value !== undefined && { value: valueOf(value) }),
  }));
  const index = applyPatch(copy, operations as Patch).findIndex((result) => result !== null);
  if (index < 0) return copy;
  // A test that fails means that this rule is not for this object.
  if (operations[index]!.op === 'test') return next;
  throw new Error(`the operation ${String(operations[index]!.op)} on ${String(operations[index]!.path)} cannot be done`);
}

/** Values are written as strings: what looks like JSON is JSON, everything else a string (`json_patch.go`). */
function valueOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (!/^(?:".*"|[[{].*[\]}]|true|false|null|-?\d+(?:\.\d+)?)$/s.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
