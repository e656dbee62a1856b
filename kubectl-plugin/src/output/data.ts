import { stringify } from 'yaml';
import { apiVersion } from '@kubectl-dr/core/wire/common';

interface Resource {
  kind: string;
  metadata: { name: string };
}

/** `-o json|yaml|name` of one value or of a list. `undefined`: the format is a table, which the caller renders. */
export function data(format: string | undefined, value: Resource | { kind: string; items: Resource[] }): string | undefined {
  switch (format) {
    case 'json':
      return `${JSON.stringify(value, undefined, 2)}\n`;
    case 'yaml':
      return stringify(value);
    case 'name': {
      const items = 'items' in value ? value.items : [value];
      return items.map((item) => `${item.kind.toLowerCase()}.kubectl-dr.dev/${item.metadata.name}\n`).join('');
    }
    default:
      return undefined;
  }
}

export function list<T>(kind: string, items: T[]): { apiVersion: string; kind: string; items: T[] } {
  return { apiVersion, kind: `${kind}List`, items };
}
