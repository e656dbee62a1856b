import { isNamespaceName } from '@kubectl-dr/core/application/namespace-name';
import type { Mapping } from '@kubectl-dr/core/planning/model';

export const mappingKinds = ['namespaces', 'storageClasses', 'hosts', 'nodeLabels'] as const;
export type MappingKind = (typeof mappingKinds)[number];

/** One pair as it is typed; half of one says nothing yet. */
export interface MappingRow {
  from: string;
  to: string;
}

export type MappingRows = Record<MappingKind, MappingRow[]>;

/** A mapping as rows, in the order in which it is written. */
export function rowsOf(mapping: Mapping = {}): MappingRows {
  const rows = (kind: MappingKind): MappingRow[] => Object.entries(mapping[kind] ?? {}).map(([from, to]) => ({ from, to }));
  return { namespaces: rows('namespaces'), storageClasses: rows('storageClasses'), hosts: rows('hosts'), nodeLabels: rows('nodeLabels') };
}

const isLabel = (text: string): boolean => /^[^=]+=[^=]*$/.test(text);

/** Whether a row says something that can be planned: both names, or of a node selector `key=value` and the same or nothing. */
export function isComplete(kind: MappingKind, { from, to }: MappingRow): boolean {
  if (kind === 'nodeLabels') return isLabel(from.trim()) && (to.trim() === '' || isLabel(to.trim()));
  if (kind === 'namespaces') return isNamespaceName(from.trim()) && isNamespaceName(to.trim());
  return from.trim() !== '' && to.trim() !== '';
}

/** What to ask for, so that these rows hold and nothing else: what the policy says besides is called there as it is here. */
export function askedMapping(rows: MappingRows, policy: Mapping = {}): Mapping {
  return Object.fromEntries(
    mappingKinds.flatMap((kind) => {
      const given = policy[kind] ?? {};
      const wanted = new Map(rows[kind].filter((row) => isComplete(kind, row)).map(({ from, to }) => [from.trim(), to.trim()]));
      for (const from of Object.keys(given)) if (!wanted.has(from)) wanted.set(from, from);
      const differing = [...wanted].filter(([from, to]) => given[from] !== to);
      return differing.length > 0 ? [[kind, Object.fromEntries(differing)]] : [];
    }),
  );
}
