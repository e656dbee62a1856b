import { isRecord } from './json.ts';

type Step = { field: string } | { index: number } | { filter: string[]; equals: string } | 'each';

/** The part of Kubernetes' JSONPath that printer columns use: fields, `['x']`, `[0]`, `[-1]`, `[*]`, `[?(@.a=="b")]`. */
function parse(path: string): Step[] {
  const steps: Step[] = [];
  const token =
    /\.?\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]|\.?\[['"]([^'"]+)['"]\]|\.?\[(-?\d+)\]|\.?\[\*\]|\.\*|\.?((?:\\.|[^.[\]\\])+)/gy;
  const text = path.replace(/^\{|\}$/g, '').replace(/^\$/, '');
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[1] !== undefined) steps.push({ filter: match[1].split('.'), equals: match[2] ?? '' });
    else if (match[3] !== undefined) steps.push({ field: match[3] });
    else if (match[4] !== undefined) steps.push({ index: Number(match[4]) });
    else if (match[5] !== undefined) steps.push({ field: match[5].replace(/\\(.)/g, '$1') });
    else steps.push('each');
  }
  return steps;
}

const parsed = new Map<string, Step[]>();

/** All values under a path; none when something on the way is missing. */
export function jsonPath(value: unknown, path: string): unknown[] {
  let steps = parsed.get(path);
  if (steps === undefined) parsed.set(path, (steps = parse(path)));
  return steps.reduce<unknown[]>((values, step) => values.flatMap((item) => take(item, step)), [value]);
}

function take(value: unknown, step: Step): unknown[] {
  if (step === 'each') return Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  if ('index' in step) {
    const found: unknown = Array.isArray(value) ? value.at(step.index) : undefined;
    return found === undefined ? [] : [found];
  }
  if ('filter' in step) {
    const matches = (item: unknown): boolean => {
      const found = step.filter.reduce<unknown>((current, field) => (isRecord(current) ? current[field] : undefined), item);
      return found !== undefined && String(found) === step.equals;
    };
    return Array.isArray(value) ? value.filter(matches) : [];
  }
  const found = isRecord(value) ? value[step.field] : undefined;
  return found === undefined ? [] : [found];
}
