import { wrap } from './text-width.ts';
import type { Look } from './terminal.ts';
import { clean } from './terminal.ts';

export type Fields = [label: string, value: string | undefined][];

/** What is absent is left out: a label without a value tells nothing. Long values go on below themselves. */
export function fieldLines(fields: Fields, { width: columns }: Pick<Look, 'width'>): string[] {
  const present = fields.filter((field): field is [string, string] => field[1] !== undefined && field[1] !== '');
  const width = Math.max(...present.map(([label]) => label.length)) + 2;
  return present.flatMap(([label, value]) => wrap(`${`${label}:`.padEnd(width)} ${clean(value, 1000)}`, columns, ' '.repeat(width + 1)));
}

export function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? ['', `${title}:`, ...lines] : [];
}
