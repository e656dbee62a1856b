import { InputError } from '@kubectl-dr/core/errors';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import { UsageError } from '../exit-codes.ts';
import type { CustomColumn } from './custom-columns.ts';
import type { Part } from './jsonpath/template.ts';
import { clean } from './terminal.ts';

interface Resource {
  kind: string;
  metadata: { name: string };
}
type Value = Resource | { kind: string; items: Resource[] };

/** `-o json|yaml|name|jsonpath=|custom-columns=` of one value or of a list. `undefined`: another format, which the caller renders. */
export async function data(format: string | undefined, value: Value, { headers = true } = {}): Promise<string | undefined> {
  switch (format) {
    case 'json':
      return json(value);
    case 'yaml':
      return yaml(value);
    case 'name':
      return itemsOf(value)
        .map((item) => `${item.kind.toLowerCase()}.kubectl-dr.dev/${clean(item.metadata.name)}\n`)
        .join('');
    case undefined:
      return undefined;
    default: {
      if (!format.includes('=')) return undefined;
      const template = await templateOf(format);
      try {
        if (template.columns) return (await import('./custom-columns.ts')).customTable(template.columns, itemsOf(value), headers);
        return tame((await import('./jsonpath/evaluate.ts')).evaluate(template.parts, value));
      } catch (error) {
        throw new InputError(`${format} cannot be filled in: ${(error as Error).message}`, {
          cause: error,
          hint: 'look at what there is with -o json',
        });
      }
    }
  }
}

/** UsageError for a template or path that cannot be read: told before anything is asked. */
export async function assertReadable(
  flags: { output?: string | undefined; 'sort-by'?: string | undefined },
  command: string,
): Promise<void> {
  for (const [name, text] of Object.entries(flags)) {
    if (text === undefined) continue;
    try {
      await (name === 'output' ? templateOf(text) : import('./jsonpath/template.ts').then(({ parsePath }) => parsePath(text)));
    } catch (error) {
      throw new UsageError(`--${name} ${text} cannot be read: ${(error as Error).message}`, command);
    }
  }
}

async function templateOf(format: string): Promise<{ parts: Part[]; columns?: never } | { columns: CustomColumn[] }> {
  const text = format.slice(format.indexOf('=') + 1);
  if (format.startsWith('jsonpath=')) return { parts: (await import('./jsonpath/template.ts')).parseTemplate(text) };
  return { columns: (await import('./custom-columns.ts')).parseColumns(text) };
}

function itemsOf(value: Value): Resource[] {
  return 'items' in value ? value.items : [value];
}

export function list<T>(kind: string, items: T[]): { apiVersion: string; kind: string; items: T[] } {
  return { apiVersion, kind: `${kind}List`, items };
}

/** Characters that JSON and YAML leave as they are and a terminal obeys. */
const obeyed = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

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

/** Text that is not quoted cannot escape anything: what a terminal would obey is left out. */
function tame(text: string): string {
  // oxlint-disable-next-line no-control-regex -- exactly these must not reach a terminal
  return text.replace(/[\u0000-\u0008\u000b-\u001f]/g, '').replace(obeyed, '');
}
