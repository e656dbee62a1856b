import { clean, paint } from './terminal.ts';
import type { Style } from './terminal.ts';

export interface Column<T> {
  header: string;
  /** Only with `-o wide`. */
  wide?: boolean;
  value(row: T): string | undefined;
  style?(row: T): Style | undefined;
}

/** kubectl's table: padded columns, upper-case headers, no header when there is nothing. */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  options: { wide?: boolean; headers?: boolean; color?: boolean },
): string {
  if (rows.length === 0) return '';
  const shown = columns.filter((column) => !column.wide || options.wide);
  const cells = rows.map((row) => shown.map((column) => clean(column.value(row) || '<none>')));
  const headers = shown.map((column) => column.header.toUpperCase());
  const widths = shown.map((_, index) => Math.max(options.headers === false ? 0 : headers[index]!.length, ...maxima(cells, index)));
  const line = (values: string[], styles: (Style | undefined)[] = []) =>
    values
      .map((value, index) => {
        const padded = index === values.length - 1 ? value : value.padEnd(widths[index]! + 3);
        return paint(options.color ?? false, styles[index], padded);
      })
      .join('')
      .trimEnd();
  const lines = options.headers === false ? [] : [line(headers)];
  for (const [index, row] of rows.entries())
    lines.push(
      line(
        cells[index]!,
        shown.map((column) => column.style?.(row)),
      ),
    );
  return `${lines.join('\n')}\n`;
}

/** Ten thousand rows must not become ten thousand arguments. */
function maxima(cells: string[][], index: number): number[] {
  let max = 0;
  for (const row of cells) max = Math.max(max, row[index]!.length);
  return [max];
}
