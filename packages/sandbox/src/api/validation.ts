import { apiVersionOf } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { definitionErrors } from './crd.ts';
import { at, equal, isRecord } from './json.ts';
import type { NameRule, Resource } from './resource.ts';
import { badRequest, invalid } from './status.ts';
import type { FieldError } from './status.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const labelName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const rules: Record<NameRule, (name: string) => string | undefined> = {
  subdomain: (name) =>
    name.length <= 253 && subdomain.test(name)
      ? undefined
      : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  label: (name) =>
    name.length <= 63 && label.test(name)
      ? undefined
      : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  label1035: (name) =>
    name.length <= 63 && label.test(name) && /^[a-z]/.test(name)
      ? undefined
      : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  path: (name) =>
    name !== '.' && name !== '..' && !/[/%]/.test(name) ? undefined : "may not be '.' or '..' and may not contain '/' or '%'",
};

function labelErrors(labels: unknown): FieldError[] {
  if (labels === undefined || labels === null) return [];
  const wrong = (message: string): FieldError => ({
    field: 'metadata.labels',
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${message}`,
  });
  if (!isRecord(labels)) return [wrong('must be a map of strings')];
  return Object.entries(labels).flatMap(([key, value]) => {
    const [prefix, name] = key.includes('/') ? [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)] : [undefined, key];
    if (name.length > 63 || !labelName.test(name) || (prefix !== undefined && !subdomain.test(prefix))) {
      return [wrong(`"${key}": name part must consist of alphanumeric characters, '-', '_' or '.'`)];
    }
    if (typeof value !== 'string') return [wrong(`the value of "${key}" must be a string`)];
    if (value.length > 63) return [wrong(`"${value}": must be no more than 63 characters`)];
    return labelValue.test(value)
      ? []
      : [wrong(`"${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'`)];
  });
}

/** Refuses what is not an object of this type at all. `kind` and `apiVersion` may be absent: then the URL speaks. */
export function asType(resource: Resource, object: KubeObject): KubeObject {
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
  return object.apiVersion === undefined || object.kind === undefined ? { ...object, apiVersion, kind } : object;
}

/** 422 unless the object may be stored as it is. */
export function validate(resource: Resource, object: KubeObject): void {
  const { name } = object.metadata;
  const errors: FieldError[] = [];
  if (typeof name !== 'string' || name === '') {
    errors.push({ field: 'metadata.name', reason: 'FieldValueRequired', message: 'Required value: name or generateName is required' });
  } else {
    const problem = rules[resource.nameRule](name);
    if (problem !== undefined)
      errors.push({ field: 'metadata.name', reason: 'FieldValueInvalid', message: `Invalid value: "${name}": ${problem}` });
  }
  errors.push(...labelErrors(object.metadata.labels));
  if (resource.resource === 'customresourcedefinitions') errors.push(...definitionErrors(object));
  if (errors.length > 0) throw invalid(resource, name ?? '', errors);
}

/** 422 when an update changes what can only be chosen once. A field that was not set may still be set. */
export function validateUpdate(resource: Resource, current: KubeObject, next: KubeObject): void {
  const paths = current.immutable === true ? ['data', 'binaryData', 'stringData', 'immutable'] : [];
  const errors: FieldError[] = [];
  for (const path of [...resource.immutable, ...paths]) {
    const before = at(current, ...path.split('.'));
    const after = at(next, ...path.split('.'));
    if (before === undefined || before === null || before === '' || equal(before, after)) continue;
    errors.push({
      field: path,
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(after) ?? '""'}: field is immutable`,
    });
  }
  const added = newFinalizers(current, next);
  if (current.metadata.deletionTimestamp !== undefined && added.length > 0) {
    const names = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    errors.push({
      field: 'metadata.finalizers',
      reason: 'FieldValueForbidden',
      message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`,
    });
  }
  if (errors.length > 0) throw invalid(resource, current.metadata.name, errors);
}

function newFinalizers(current: KubeObject, next: KubeObject): string[] {
  const known = new Set(current.metadata.finalizers ?? []);
  return (next.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer));
}
