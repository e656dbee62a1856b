/** One condition on labels. `values` is empty for `exists` and `absent`. */
export interface Requirement {
  key: string;
  operator: 'in' | 'notin' | 'exists' | 'absent';
  values: string[];
}

export type Labels = Readonly<Record<string, string>>;

const key = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?`;
const value = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?`;
const equality = new RegExp(String.raw`^(${key})\s*(==|=|!=)\s*(${value})$`);
const membership = new RegExp(String.raw`^(${key})\s+(in|notin)\s*\(([^()]*)\)$`);
const existence = new RegExp(String.raw`^(!?)\s*(${key})$`);
const wholeValue = new RegExp(`^${value}$`);

/** Is it a value that a label can have? */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && wholeValue.test(text);
}

/** Kubernetes selector text as conditions that all have to hold; undefined when it cannot be read. Empty text: none. */
export function parseSelector(text: string): Requirement[] | undefined {
  if (text.trim() === '') return [];
  if (text.length > 4096) return undefined;
  const requirements: Requirement[] = [];
  // Commas separate conditions, except inside the parentheses of a set.
  for (const part of text.split(/,(?![^()]*\))/)) {
    const requirement = parseRequirement(part.trim());
    if (!requirement) return undefined;
    requirements.push(requirement);
  }
  return requirements;
}

function parseRequirement(text: string): Requirement | undefined {
  // No label is longer; the expressions below must not be tried on endless text.
  if (text.length > 1024) return undefined;
  const equal = equality.exec(text);
  if (equal) return { key: equal[1]!, operator: equal[2] === '!=' ? 'notin' : 'in', values: [equal[3]!] };
  const set = membership.exec(text);
  if (set) {
    const values = set[3]!.split(',').map((item) => item.trim());
    return values.every(isLabelValue) ? { key: set[1]!, operator: set[2] as 'in' | 'notin', values } : undefined;
  }
  const exists = existence.exec(text);
  return exists ? { key: exists[2]!, operator: exists[1] === '!' ? 'absent' : 'exists', values: [] } : undefined;
}

/** As the API server decides: `notin` and `!=` also match objects without the label. */
export function matches(requirements: readonly Requirement[], labels: Labels | undefined): boolean {
  return requirements.every(({ key: name, operator, values }) => {
    const has = labels !== undefined && Object.hasOwn(labels, name);
    if (operator === 'exists') return has;
    if (operator === 'absent') return !has;
    const listed = has && values.includes(labels[name]!);
    return operator === 'in' ? listed : !listed;
  });
}

/** `{app: 'web', tier: 'front'}` -> `app=web,tier=front`, sorted. */
export function selectorOf(labels: Labels): string {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}=${text}`)
    .join(',');
}

/** Does no object match both? Only where that is certain: one label would have to have two values. Texts that cannot be read exclude nothing. */
export function exclude(one: string, other: string): boolean {
  const [a, b] = [parseSelector(one), parseSelector(other)];
  if (!a || !b) return false;
  return a.some(({ key: name, operator, values }) => {
    if (operator !== 'in') return false;
    return b.some(
      (requirement) =>
        requirement.key === name && requirement.operator === 'in' && !requirement.values.some((text) => values.includes(text)),
    );
  });
}
