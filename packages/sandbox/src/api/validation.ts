import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { checkDefinition } from './crd.ts';
import { at, equal, isRecord, listAt, textAt } from './json.ts';
import type { Resource } from './resource.ts';
import { readBuiltIn, Unreadable } from './schema/built-in.ts';
import { Checks } from './schema/checks.ts';
import { checkSchema } from './schema/custom-validation.ts';
import { readCustom } from './schema/custom.ts';
import { nameErrors } from './schema/names.ts';
import { parseQuantity } from './schema/quantity.ts';
import { checkStructure } from './schema/rules.ts';
import { ApiError, badRequest, invalid } from './status.ts';

/** What is to be done about fields that a type does not have (`fieldValidation`): refuse, say and drop, or drop. */
export interface FieldValidation {
  mode: 'Strict' | 'Warn' | 'Ignore';
  warn(sentence: string): void;
  /** The object is what a patch made, and is told as one. */
  patched: boolean;
}

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
    const read = resource.structure ? readBuiltIn(resource.structure, whole) : readCustom(resource.schema, whole);
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
  if (resource.structure) checkStructure(resource.structure, object, '', checks);
  if (!resource.builtIn && resource.schema) checkSchema(resource.schema, object, checks, before);
  if (resource.resource === 'customresourcedefinitions') checkDefinition(object, checks);
  if (before !== undefined) changes(checks, resource, before, object);
  checks.refuse(resource, object.metadata.name ?? '');
}

function metadata(checks: Checks, resource: Resource, { metadata: meta }: KubeObject): void {
  const { name = '', labels = {}, annotations = {}, finalizers = [] } = meta;
  if (name === '') checks.required('metadata.name', 'name or generateName is required');
  else checks.name('metadata.name', name, resource.nameRule);
  checks.labels('metadata.labels', labels);
  for (const key of Object.keys(annotations))
    for (const sentence of nameErrors('qualified', key.toLowerCase())) checks.invalid('metadata.annotations', key, sentence);
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  if (size > 256 * 1024) checks.tooLong('metadata.annotations', 256 * 1024);
  for (const reference of listAt(meta, 'ownerReferences'))
    for (const field of ['apiVersion', 'kind', 'name', 'uid'])
      if (textAt(reference, field) === '')
        checks.invalid(`metadata.ownerReferences.${field}`, '', field === 'apiVersion' ? 'version must not be empty' : 'must not be empty');
  for (const finalizer of finalizers) {
    checks.name('metadata.finalizers', finalizer, 'qualified');
    if (resource.builtIn && !finalizer.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer))
      checks.invalid('metadata.finalizers', finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
  }
}

/** What can only be chosen once. A field that was not set may still be set. */
function changes(checks: Checks, resource: Resource, current: KubeObject, next: KubeObject): void {
  const value = (object: KubeObject, path: string): unknown => at(object, ...path.split('.'));
  for (const { paths, field, invalid: wrong = 'field is immutable', forbidden, unless, names } of resource.fixed) {
    if (unless !== undefined && value(current, unless) === true) continue;
    const changed = paths.find((path) => (value(current, path) ?? '') !== '' && !equal(value(current, path), value(next, path)));
    if (changed === undefined) continue;
    const now = value(next, changed);
    const told = names && isRecord(now) ? Object.fromEntries(Object.entries(now).map(([key, each]) => [names[key] ?? key, each])) : now;
    if (forbidden !== undefined) checks.forbidden(field ?? changed, forbidden);
    else checks.invalid(field ?? changed, told, wrong);
  }
  if (current.immutable === true)
    for (const path of ['immutable', 'data', 'binaryData'])
      if (!equal(current[path], next[path])) checks.forbidden(path, 'field is immutable when `immutable` is set');
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => current.metadata.finalizers?.includes(finalizer) !== true);
  if (current.metadata.deletionTimestamp !== undefined && added.length > 0) {
    const texts = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    checks.forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${texts}}`,
    );
  }
  if (resource.resource === 'persistentvolumeclaims') shrunk(checks, current, next);
}

function shrunk(checks: Checks, current: KubeObject, next: KubeObject): void {
  const size = (object: KubeObject, ...path: string[]): bigint => parseQuantity(textAt(object, ...path, 'storage'))?.nanos ?? 0n;
  const asked = size(next, 'spec', 'resources', 'requests');
  if (asked < size(current, 'spec', 'resources', 'requests') && asked < size(current, 'status', 'capacity'))
    checks.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
}
