import types from '../../data/types.json' with { type: 'json' };
import { ageColumn, nameColumn } from './columns.ts';
import type { Resource } from './resource.ts';
import { allVerbs } from './resource.ts';
import { structureOf } from './schema/fields.ts';

type Row = Partial<Resource> & { resource: string; kind: string };

/** The types that every cluster of the sandbox serves: `data/types.json`, where a row says only what is unusual. */
export const builtIn: Resource[] = Object.entries(types as unknown as Record<string, Row[]>).flatMap(([apiVersion, rows]) => {
  const [version, group = ''] = apiVersion.split('/').reverse() as [string, string?];
  return rows.map((row) => ({
    group,
    version,
    namespaced: true,
    listKind: `${row.kind}List`,
    singular: row.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    builtIn: true,
    structure: structureOf(apiVersion, row.kind)!,
    statusSubresource: false,
    generation: false,
    nameRule: 'subdomain',
    updateNeedsVersion: false,
    selectableFields: [],
    fixed: [],
    columns: [nameColumn, ageColumn],
    ...row,
  }));
});
