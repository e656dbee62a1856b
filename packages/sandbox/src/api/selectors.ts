import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { at, recordAt } from './json.ts';
import type { Resource } from './resource.ts';
import { badRequest } from './status.ts';

export type Predicate = (object: KubeObject) => boolean;

const requirement = /^\s*(!)?\s*([\w./-]+)\s*(?:(=|==|!=|>|<)\s*([^\s]*)|\s(in|notin)\s*\(([^)]*)\))?\s*$/;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`: Kubernetes' label selectors. */
export function labelSelector(text: string): Predicate | undefined {
  const tests = splitOutsideParentheses(text).map((part) => labelTest(part, text));
  if (tests.length === 0) return undefined;
  return (object) => {
    const labels = recordAt(object, 'metadata', 'labels');
    return tests.every((test) => test(labels));
  };
}

function labelTest(part: string, whole: string): (labels: Record<string, unknown>) => boolean {
  const match = requirement.exec(part);
  if (match === null) throw badRequest(`unable to parse requirement: ${JSON.stringify(whole)} is not a label selector`);
  const [, not, key, operator, value, set, values] = match;
  const name = key!;
  if (not !== undefined) return (labels) => labels[name] === undefined;
  if (set !== undefined) {
    const wanted = values!.split(',').map((item) => item.trim());
    return set === 'in'
      ? (labels) => labels[name] !== undefined && wanted.includes(String(labels[name]))
      : (labels) => labels[name] === undefined || !wanted.includes(String(labels[name]));
  }
  if (operator === undefined) return (labels) => labels[name] !== undefined;
  if (operator === '!=') return (labels) => labels[name] !== value;
  if (operator === '>') return (labels) => Number(labels[name]) > Number(value);
  if (operator === '<') return (labels) => Number(labels[name]) < Number(value);
  return (labels) => labels[name] === value;
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).filter((part) => part.trim() !== '');
}

/** A `LabelSelector` object (`matchLabels`, `matchExpressions`) as selector text. */
export function selectorText(selector: unknown): string {
  const parts = Object.entries(recordAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = at(selector, 'matchExpressions');
  for (const expression of Array.isArray(expressions) ? expressions : []) {
    const { key, operator, values } = recordAt({ expression }, 'expression');
    const list = Array.isArray(values) ? values.join(',') : '';
    if (operator === 'Exists') parts.push(String(key));
    else if (operator === 'DoesNotExist') parts.push(`!${String(key)}`);
    else parts.push(`${String(key)} ${String(operator).toLowerCase()} (${list})`);
  }
  return parts.join(',');
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
        `Unable to find "${resource.resource}" that match label selector "", field selector "${text}": field label not supported: ${field}`,
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
