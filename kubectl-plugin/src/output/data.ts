import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { clean } from './terminal.ts';

interface Resource {
  kind: string;
  metadata: { name: string };
}

/** `-o json|yaml|name` of one value or of a list. `undefined`: the format is a table, which the caller renders. */
export async function data(format: string | undefined, value: Resource | { kind: string; items: Resource[] }): Promise<string | undefined> {
  switch (format) {
    case 'json':
      return json(value);
    case 'yaml':
      return yaml(value);
    case 'name': {
      const items = 'items' in value ? value.items : [value];
      return items.map((item) => `${item.kind.toLowerCase()}.kubectl-dr.dev/${clean(item.metadata.name)}\n`).join('');
    }
    default:
      return undefined;
  }
}

export function list<T>(kind: string, items: T[]): { apiVersion: string; kind: string; items: T[] } {
  return { apiVersion, kind: `${kind}List`, items };
}

/** Characters that JSON and YAML leave as they are and a terminal obeys. */
const obeyed = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function json(value: unknown): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value, undefined, 2).replace(obeyed, escape)}\n`;
}

/** JSON is YAML as well, and can say every character without writing it. */
async function yaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  const text = stringify(value);
  return text.search(obeyed) < 0 ? text : json(value);
}
