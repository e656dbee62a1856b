import { InputError } from '@kubectl-dr/core/errors';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { matchesPattern } from '@kubectl-dr/core/text/glob';
import { parse } from 'yaml';
import { asKubeObject, isRecord, listAt, mergePatch, recordAt, textAt, textsAt } from '../../api/json.ts';
import { selectorText } from '../../api/selector-text.ts';
import { labelSelector } from '../../api/selectors.ts';
import { structureOf } from '../../api/schema/fields.ts';
import { strategicMerge } from '../../api/strategic.ts';
import { find } from '../find.ts';
import type { VeleroOptions } from './context.ts';
import { refIn } from './context.ts';
import { TestFailed, applyJsonPatch } from './json-patch.ts';
import type { PatchOperation } from './json-patch.ts';

/** Changes an object on its way back; every rule that cannot be applied is an error, and the object stays as it was before it. */
export type Modifiers = (object: KubeObject, resource: string) => { object: KubeObject; errors: string[] };

/**
 * The rules of the ConfigMap that a restore names as its `resourceModifier` (`internal/resourcemodifiers`). Fails with
 * InputError in the words of the server. What is named is not a ConfigMap: no rules.
 */
export async function resourceModifiers(options: VeleroOptions, spec: unknown): Promise<Modifiers> {
  if (textAt(spec, 'resourceModifier', 'kind').toLowerCase() !== 'configmap') return (object) => ({ object, errors: [] });
  const name = textAt(spec, 'resourceModifier', 'name');
  const place = `${options.namespace}/${name}`;
  const map = await find(options.cluster, refIn(options, types.configMaps, name));
  if (map === undefined) throw new InputError(`failed to get resource modifiers configmap ${place}`);
  const texts = Object.values(recordAt(map, 'data')).map(String);
  const unreadable = texts.length === 1 ? decodingProblem(texts[0]!) : `illegal resource modifiers ${place} configmap`;
  if (unreadable !== undefined) throw new InputError(`Error in parsing resource modifiers provided in configmap ${place}: ${unreadable}`);
  const rules = recordAt({ of: parse(texts[0]!) as unknown }, 'of');
  const wrong = problemOf(rules);
  if (wrong !== undefined) throw new InputError(`Validation error in resource modifiers provided in configmap ${place}: ${wrong}`);
  return (object, resource) => {
    const errors: string[] = [];
    let changed = object;
    for (const rule of listAt(rules, 'resourceModifierRules')) {
      try {
        // Conditions are about the object as it came; what rules before this one made of it does not count.
        if (concerns(recordAt(rule, 'conditions'), object, resource)) changed = modified(rule, changed);
      } catch (thrown) {
        errors.push((thrown as Error).message);
      }
    }
    return { object: changed, errors };
  };
}

/** Values are strings; a number or a truth value is taken for one. */
function decodingProblem(text: string): string | undefined {
  for (const rule of listAt(parse(text), 'resourceModifierRules')) {
    for (const { value } of listAt(rule, 'patches').filter(isRecord)) {
      if (typeof value !== 'object' || value === null) continue;
      const kind = Array.isArray(value) ? 'array' : 'object';
      return `failed to decode yaml data into resource modifiers, err: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go struct field JSONPatch.resourceModifierRules.patches.value of type string`;
    }
  }
  return undefined;
}

const operations = ['add', 'remove', 'replace', 'test', 'move', 'copy'];

function problemOf(rules: Record<string, unknown>): string | undefined {
  const version = textAt(rules, 'version');
  if (version.toLowerCase() !== 'v1') return `unsupported resource modifier version ${version}`;
  if (listAt(rules, 'resourceModifierRules').length === 0) return 'resource modifier rules cannot be empty';
  for (const rule of listAt(rules, 'resourceModifierRules')) {
    if (textAt(rule, 'conditions', 'groupResource') === '') return 'groupkResource cannot be empty';
    if (['patches', 'mergePatches', 'strategicPatches'].filter((field) => listAt(rule, field).length > 0).length > 1)
      return 'only one of patches, mergePatches, strategicPatches can be specified';
    for (const patch of listAt(rule, 'patches')) {
      const operation = textAt(patch, 'operation');
      if (operation === '') return 'operation cannot be empty';
      if (!operations.includes(operation.toLowerCase())) return `unsupported operation ${operation}`;
      if (textAt(patch, 'path') === '') return 'path cannot be empty';
    }
  }
  return undefined;
}

function concerns(conditions: Record<string, unknown>, object: KubeObject, resource: string): boolean {
  const { namespace } = object.metadata;
  const namespaces = textsAt(conditions, 'namespaces');
  if (namespace !== undefined && namespaces.length > 0 && !namespaces.some((pattern) => matchesPattern(pattern, namespace))) return false;
  const pattern = textAt(conditions, 'groupResource').split('.');
  const parts = resource.split('.');
  // A star does not reach over a dot.
  if (pattern.length !== parts.length || !parts.every((part, index) => matchesPattern(pattern[index]!, part))) return false;
  const expression = textAt(conditions, 'resourceNameRegex');
  if (expression !== '' && !new RegExp(expression).test(object.metadata.name)) return false;
  if (isRecord(conditions.labelSelector)) {
    const selects = labelSelector(selectorText(conditions.labelSelector));
    if (selects !== undefined && !selects(object)) return false;
  }
  const tests = listAt(conditions, 'matches').map((match): PatchOperation => {
    const path = textAt(match, 'path');
    if (path === '') throw new Error('path is required for match rule');
    return { op: 'test', path, value: valueOf(textAt(match, 'value')) };
  });
  try {
    applyJsonPatch(object, tests);
    return true;
  } catch {
    return false;
  }
}

function modified(rule: unknown, object: KubeObject): KubeObject {
  const patches = listAt(rule, 'patches').filter(isRecord);
  const merges = listAt(rule, 'mergePatches');
  const strategic = listAt(rule, 'strategicPatches');
  if (patches.length > 0) return byJsonPatch(patches, object);
  let next = object;
  for (const merge of merges) next = asKubeObject(recordAt({ to: mergePatch(next, parse(textAt(merge, 'patchData'))) }, 'to'));
  for (const merge of strategic)
    next = asKubeObject(
      recordAt({ to: strategicMerge(structureOf(next.apiVersion, next.kind), next, parse(textAt(merge, 'patchData'))) }, 'to'),
    );
  if (merges.length + strategic.length === 0) throw new Error('no patch data found');
  return next;
}

function byJsonPatch(patches: readonly Record<string, unknown>[], object: KubeObject): KubeObject {
  const steps = patches.map(({ operation, path, from, value }) => ({
    op: String(operation),
    path: String(path),
    ...(from !== undefined && { from: String(from) }),
    value: valueOf(value),
  }));
  try {
    return asKubeObject(recordAt({ to: applyJsonPatch(object, steps) }, 'to'));
  } catch (thrown) {
    // A test that fails means that this rule is not for this object.
    if (thrown instanceof TestFailed) return object;
    throw new Error(`error in applying patch error in applying JSON Patch ${(thrown as Error).message}`, { cause: thrown });
  }
}

/** What looks like JSON is JSON, everything else a string (`json_patch.go`). */
function valueOf(given: unknown): unknown {
  const value = String(given ?? '');
  if (/^".*"$/s.test(value)) return value.slice(1, -1);
  if (!/^(?:[[{].*|true|false|null|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$/s.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
