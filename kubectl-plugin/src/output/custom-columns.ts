import { find, textOf } from './jsonpath/evaluate.ts';
import type { Step } from './jsonpath/template.ts';
import { JsonPathError, parsePath } from './jsonpath/template.ts';
import { table } from './table.ts';

export interface CustomColumn {
  header: string;
  path: Step[];
}

/** `NAME:.metadata.name,AGE:.status.ageSeconds`. JsonPathError for anything else. */
export function parseColumns(text: string): CustomColumn[] {
  // Commas also stand in the brackets of a path.
  const parts = text.match(/(?:[^,[]|\[[^\]]*\])+/g) ?? [];
  if (parts.length === 0) throw new JsonPathError('columns are missing: HEADER:.path,HEADER:.path');
  return parts.map((part) => {
    const [, header, path] = /^([^:]+):(.+)$/.exec(part) ?? [];
    if (header === undefined || path === undefined) throw new JsonPathError(`"${part}" is not HEADER:.path`);
    return { header, path: parsePath(path) };
  });
}

export function customTable(columns: readonly CustomColumn[], items: readonly unknown[], headers: boolean): string {
  const value = (item: unknown, path: Step[]): string | undefined => find(path, item).map(textOf).join(',') || undefined;
  return table(
    items,
    columns.map(({ header, path }) => ({ header, value: (item: unknown) => value(item, path) })),
    { headers },
  );
}

/** As `--sort-by` orders: numbers by size, everything else as text, what lacks it first. */
export function sortedBy<T>(items: readonly T[], path: string): T[] {
  const steps = parsePath(path);
  const keyOf = new Map(items.map((item) => [item, find(steps, item)[0]]));
  return items.toSorted((a, b) => {
    const [first, second] = [keyOf.get(a), keyOf.get(b)];
    if (first === second) return 0;
    if (first === undefined || second === undefined) return first === undefined ? -1 : 1;
    if (typeof first === 'number' && typeof second === 'number') return first - second;
    const [one, other] = [textOf(first), textOf(second)];
    return one === other ? 0 : one < other ? -1 : 1;
  });
}
