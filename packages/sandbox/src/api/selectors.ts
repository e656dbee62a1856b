import { matches, parseSelector } from '@kubectl-dr/core/application/selector';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at } from './json.ts';
import type { Resource } from './resource.ts';
import { badRequest } from './status.ts';

export type Predicate = (object: KubeObject) => boolean;

/** Kubernetes' label selectors, as text; undefined when everything is meant. */
export function labelSelector(text: string): Predicate | undefined {
  const requirements = parseSelector(text);
  if (requirements === undefined) {
    const open = /\b(?:in|notin)\s*\([^()]*[\w.-]\s*$/.test(text);
    throw badRequest(
      `unable to parse requirement: ${open ? "found '', expected: ',' or ')'" : `${JSON.stringify(text)} is not a label selector`}`,
    );
  }
  return requirements.length === 0 ? undefined : ({ metadata }) => matches(requirements, metadata.labels);
}

/** `metadata.name=x,status.phase!=Running`, on the fields that the type allows; others are refused as the server does. */
export function fieldSelector(text: string, resource: Resource): Predicate | undefined {
  const parts = text.split(/(?<!\\),/).filter((part) => part !== '');
  const tests = parts.map((part): Predicate => {
    const match = /^([^=!]+)(==|=|!=)(.*)$/s.exec(part);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const field = match[1]!.trim();
    const value = match[3]!.replace(/\\([,=\\])/g, '$1');
    if (field !== 'metadata.name' && field !== 'metadata.namespace' && !resource.selectableFields.includes(field)) {
      throw badRequest(
        resource.builtIn && resource.selectableFields.length === 0
          ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
          : `field label not supported: ${field}`,
      );
    }
    const path = field === 'reportingComponent' || field === 'source' ? ['source', 'component'] : field.split('.');
    const wanted = match[2] !== '!=';
    return (object) => (fieldText(at(object, ...path)) === value) === wanted;
  });
  return tests.length === 0 ? undefined : (object) => tests.every((test) => test(object));
}

function fieldText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** Both selectors of a request as one; undefined when everything is meant. */
export function selectorOf(parameters: URLSearchParams, resource: Resource): Predicate | undefined {
  const labels = labelSelector(parameters.get('labelSelector') ?? '');
  const fields = fieldSelector(parameters.get('fieldSelector') ?? '', resource);
  if (labels === undefined || fields === undefined) return labels ?? fields;
  return (object) => labels(object) && fields(object);
}
