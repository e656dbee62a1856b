import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { definitionErrors } from './crd.ts';
import { at, equal, listAt, recordAt, textAt } from './json.ts';
import type { NameRule, Resource } from './resource.ts';
import { readBuiltIn, Unreadable } from './schema/built-in.ts';
import { Checks } from './schema/checks.ts';
import { schemaErrors } from './schema/custom-validation.ts';
import { readCustom } from './schema/custom.ts';
import { structureOf } from './schema/fields.ts';
import type { NameRule as Rule } from './schema/names.ts';
import { isConfigKey, isLabel, isLabel1035, isLabelValue, isPath, isQualified, isSubdomain } from './schema/names.ts';
import { ApiError, badRequest, invalid } from './status.ts';

/** What is to be done about fields that a type does not have (`fieldValidation`): refuse, say and drop, or drop. */
export interface FieldValidation {
  mode: 'Strict' | 'Warn' | 'Ignore';
  warn(sentence: string): void;
  /** The object is what a patch made, and is told as one. */
  patched: boolean;
}

const nameRules: Record<NameRule, Rule> = { subdomain: isSubdomain, label: isLabel, label1035: isLabel1035, path: isPath };

/**
 * The object as one of this type: only its fields, each in its one form, with defaults. Refuses what is not an object of
 * this type at all. `kind` and `apiVersion` may be absent: then the URL speaks.
 */
export function asType(resource: Resource, object: KubeObject, fields?: FieldValidation): KubeObject {
  const expected = apiVersionOf(resource);
  const { apiVersion = expected, kind = resource.kind } = object;
  if (apiVersion !== expected) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
  }
  if (kind !== resource.kind) {
    throw badRequest(
      `${kind} in version "${apiVersion}" cannot be handled as a ${resource.kind}: no kind "${kind}" is registered for this resource`,
    );
  }
  const whole = { ...object, apiVersion, kind };
  const refused = (sentence: string): ApiError =>
    fields?.patched === true
      ? patchRefused(object, sentence)
      : badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${kind}: ${sentence}`);
  try {
    const type = resource.builtIn ? structureOf(apiVersion, kind) : undefined;
    const read = type === undefined ? readCustom(resource.schema, whole) : readBuiltIn(type, whole);
    const unknown = read.unknown.map((field) => `unknown field "${field}"`);
    if (unknown.length > 0 && fields?.mode === 'Strict') throw refused(`strict decoding error: ${unknown.join(', ')}`);
    if (fields?.mode === 'Warn') unknown.forEach((sentence) => fields.warn(sentence));
    return { ...(read.object as KubeObject), apiVersion, kind };
  } catch (thrown) {
    throw thrown instanceof Unreadable ? refused(thrown.message) : thrown;
  }
}

function patchRefused(object: KubeObject, sentence: string): ApiError {
  return invalid({ group: '', kind: '' }, '', [
    { field: 'patch', reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${sentence}` },
  ]);
}

/** 422 unless the object may be stored as it is. `before`: what it replaces. */
export function validate(resource: Resource, object: KubeObject, before?: KubeObject): void {
  const checks = new Checks();
  metadata(checks, resource, object);
  dataKeys(checks, resource, object);
  if (!resource.builtIn && resource.schema) checks.errors.push(...schemaErrors(resource.schema, object, before));
  if (resource.resource === 'customresourcedefinitions') checks.errors.push(...definitionErrors(object));
  if (checks.errors.length > 0) throw invalid(resource, object.metadata.name ?? '', checks.errors);
}

function metadata(checks: Checks, resource: Resource, { metadata: meta }: KubeObject): void {
  const { name = '', labels: own = {}, annotations = {}, finalizers = [] } = meta;
  if (name === '') checks.required('metadata.name', 'name or generateName is required');
  else checks.name('metadata.name', name, nameRules[resource.nameRule]);
  labels(checks, 'metadata.labels', own);
  for (const key of Object.keys(annotations))
    for (const sentence of isQualified(key.toLowerCase())) checks.invalid('metadata.annotations', key, sentence);
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  if (size > 256 * 1024) checks.tooLong('metadata.annotations', 256 * 1024);
  for (const reference of listAt(meta, 'ownerReferences'))
    for (const field of ['apiVersion', 'kind', 'name', 'uid'])
      if (textAt(reference, field) === '')
        checks.invalid(`metadata.ownerReferences.${field}`, '', field === 'apiVersion' ? 'version must not be empty' : 'must not be empty');
  for (const finalizer of finalizers) {
    checks.name('metadata.finalizers', finalizer, isQualified);
    if (resource.builtIn && !finalizer.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer))
      checks.invalid('metadata.finalizers', finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
  }
}

function labels(checks: Checks, field: string, values: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(values)) {
    checks.name(field, key, isQualified);
    checks.name(field, String(value), isLabelValue);
  }
}

/** Keys of ConfigMaps and Secrets become names of files. */
function dataKeys(checks: Checks, { builtIn, kind }: Resource, object: KubeObject): void {
  if (!builtIn || (kind !== 'ConfigMap' && kind !== 'Secret')) return;
  for (const field of ['data', 'binaryData'])
    for (const key of Object.keys(recordAt(object, field)))
      for (const sentence of isConfigKey(key)) checks.invalid(`${field}[${key}]`, key, sentence);
}

/** 422 when an update changes what can only be chosen once. A field that was not set may still be set. */
export function validateUpdate(resource: Resource, current: KubeObject, next: KubeObject): void {
  const checks = new Checks();
  const value = (object: KubeObject, path: string): unknown => at(object, ...path.split('.'));
  const labels = (object: KubeObject): Record<string, unknown> => recordAt(object, 'spec', 'template', 'metadata', 'labels');
  for (const label of resource.resource === 'jobs' ? ['controller-uid', 'batch.kubernetes.io/controller-uid'] : [])
    if (labels(current)[label] !== undefined && labels(next)[label] === undefined)
      checks.required(`spec.template.metadata.labels[${label}]`, `must be '${current.metadata.uid}'`);
  // What a job that waits will run may still be changed.
  const suspended = at(current, 'spec', 'suspend') === true;
  const changed = resource.immutable.filter(
    (path) =>
      !(suspended && path === 'spec.template') && (value(current, path) ?? '') !== '' && !equal(value(current, path), value(next, path)),
  );
  if (changed.length > 0 && resource.fixed !== undefined) checks.forbidden('spec', resource.fixed);
  else for (const path of changed) checks.invalid(path, value(next, path), 'field is immutable');
  if (current.immutable === true)
    for (const path of ['immutable', 'data', 'binaryData'])
      if (!equal(current[path], next[path])) checks.forbidden(path, 'field is immutable when `immutable` is set');
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => current.metadata.finalizers?.includes(finalizer) !== true);
  if (current.metadata.deletionTimestamp !== undefined && added.length > 0) {
    const names = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    checks.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`,
    );
  }
  if (checks.errors.length > 0) throw invalid(resource, current.metadata.name, checks.errors);
}
