import { clean } from './terminal.ts';

export type Fields = [label: string, value: string | undefined][];

/** What is absent is left out: a label without a value tells nothing. */
export function fieldLines(fields: Fields): string[] {
  const present = fields.filter((field): field is [string, string] => field[1] !== undefined && field[1] !== '');
  const width = Math.max(...present.map(([label]) => label.length)) + 2;
  return present.map(([label, value]) => `${`${label}:`.padEnd(width)} ${clean(value, 1000)}`);
}

export function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ['', `${title}:`, ...lines] : [];
}
