import { at, recordAt } from './json.ts';

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
