import { matches, parseSelector } from '@kubectl-dr/core/application/selector';
import table from '../../../data/rules.json' with { type: 'json' };
import { at, isRecord, listAt, recordAt, textAt } from '../json.ts';
import type { JsonRecord } from '../json.ts';
import { selectorText } from '../selector-text.ts';
import type { Checks } from './checks.ts';
import type { Field, Type } from './fields.ts';
import { fieldsOf } from './fields.ts';
import { isNameForm } from './names.ts';

/**
 * What the API server has against built-in objects, as far as somebody meets it who writes manifests or restores them, in its
 * sentences (pkg/apis/*\/validation of Kubernetes 1.34). `data/rules.json` says by structure and field what is required
 * (`required: detail`), how it is named, and in which range it is; the values of enumerations are those of the field itself.
 */
const rules: Record<string, Record<string, string[]>> = table;

/** Applies the rules to every structure in an object; `path` is where it stands, empty for the whole. */
export function checkStructure(type: Type, value: unknown, path: string, check: Checks): void {
  if (type.kind === 'pointer') checkStructure(type.of, value, path, check);
  else if (type.kind === 'list' && Array.isArray(value))
    value.forEach((item, index) => checkStructure(type.of, item, `${path}[${index}]`, check));
  else if (type.kind === 'struct' && isRecord(value)) {
    const below = path === '' ? '' : `${path}.`;
    for (const [name, list] of Object.entries(rules[type.key] ?? {})) checkField(value[name], `${below}${name}`, list, check);
    whole[type.key]?.(value, below, check);
    for (const field of fieldsOf(type.key).values()) {
      // A status says what is, and metadata has rules of its own.
      if (value[field.name] === undefined || field.name === 'status' || field.name === 'metadata') continue;
      checkValues(field, value[field.name], `${below}${field.name}`, check);
      checkStructure(field.type, value[field.name], `${below}${field.name}`, check);
    }
  }
}

function checkValues({ values }: Field, value: unknown, path: string, check: Checks): void {
  if (values !== undefined && typeof value === 'string' && value !== '') check.oneOf(path, value, values);
}

function checkField(value: unknown, path: string, list: readonly string[], check: Checks): void {
  const absent = !value || (typeof value === 'object' && Object.keys(value).length === 0);
  for (const rule of list) {
    const [word, detail] = rule.split(': ') as [string, string?];
    const [, least, most] = /^(\d+)\.\.(\d*)$/.exec(word) ?? [];
    if (word === 'required' && absent) check.required(path, detail);
    else if (least !== undefined && typeof value === 'number') check.range(path, value, Number(least), most);
    else if (isNameForm(word) && !absent) check.name(path, String(value), word);
    else if (word === 'labels') check.labels(path, isRecord(value) ? value : {});
    else if (word === 'keys') for (const key of Object.keys(isRecord(value) ? value : {})) check.name(`${path}[${key}]`, key, 'configKey');
    else if (word === 'named' && Array.isArray(value)) named(value, path, check);
    else if (word === 'schedule' && !absent) schedule(String(value), path, check);
  }
}

/** The names in a list: each is there, is a label, and is there once. */
function named(list: readonly unknown[], path: string, check: Checks): void {
  const names = list.map((item) => textAt(item, 'name'));
  for (const [index, name] of names.entries()) {
    if (name === '') check.required(`${path}[${index}].name`);
    else check.name(`${path}[${index}].name`, name, 'label');
    if (names.indexOf(name) < index) check.duplicate(`${path}[${index}].name`, name);
  }
}

/** What the parser of schedules says to the wrong number of fields. */
function schedule(text: string, path: string, check: Checks): void {
  const fields = text.trim().split(/\s+/);
  if (text.startsWith('@') || fields.length === 5) return;
  check.invalid(path, text, `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
}

/** Rules over several fields of a structure. `path` ends with a dot, or is empty. */
const whole: Record<string, (value: JsonRecord, path: string, check: Checks) => void> = {
  Pod: (pod, path, check) => mounts(recordAt(pod, 'spec'), `${path}spec.`, [], check),
  DeploymentSpec: workload,
  ReplicaSetSpec: workload,
  StatefulSetSpec: workload,
  DaemonSetSpec: workload,
  JobSpec: (spec, path, check) => mounts(recordAt(spec, 'template', 'spec'), `${path}template.spec.`, [], check),
  /** A job that has its uid chooses its pods by it. */
  Job(job, _, check) {
    const uid = textAt(job, 'metadata', 'uid');
    const own = recordAt(job, 'spec', 'template', 'metadata', 'labels');
    if (uid === '' || at(job, 'spec', 'manualSelector') === true) return;
    for (const label of ['controller-uid', 'batch.kubernetes.io/controller-uid'])
      if (own[label] === undefined) check.required(`spec.template.metadata.labels[${label}]`, `must be '${uid}'`);
  },
  ServiceSpec(spec, path, check) {
    if (listAt(spec, 'ports').length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') check.required(`${path}ports`);
  },
  PersistentVolumeClaimSpec(spec, path, check) {
    if (at(spec, 'resources', 'requests', 'storage') === undefined) check.required(`${path}resources[storage]`);
  },
};

function workload(spec: JsonRecord, path: string, check: Checks): void {
  const own = at(spec, 'template', 'metadata', 'labels');
  // A selector that is not there chooses nothing, an empty one everything.
  const chosen = isRecord(spec.selector) && matches(parseSelector(selectorText(spec.selector)) ?? [], own as Record<string, string>);
  if (!chosen) check.invalid(`${path}template.metadata.labels`, own ?? null, '`selector` does not match template `labels`');
  const claims = listAt(spec, 'volumeClaimTemplates').map((claim) => textAt(claim, 'metadata', 'name'));
  mounts(recordAt(spec, 'template', 'spec'), `${path}template.spec.`, claims, check);
}

/** What is mounted is a volume of the pod, or comes from a template of claims. */
function mounts(spec: JsonRecord, path: string, claims: readonly string[], check: Checks): void {
  const known = [...listAt(spec, 'volumes').map((volume) => textAt(volume, 'name')), ...claims];
  for (const list of ['initContainers', 'containers'])
    for (const [index, one] of listAt(spec, list).entries())
      for (const [position, mount] of listAt(one, 'volumeMounts').entries())
        if (!known.includes(textAt(mount, 'name')))
          check.notFound(`${path}${list}[${index}].volumeMounts[${position}].name`, textAt(mount, 'name'));
}
