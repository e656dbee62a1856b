import { cut, padEnd, textWidth } from './text-width.ts';
import type { Look, Style } from './terminal.ts';
import { clean, paint } from './terminal.ts';

export interface Column<T> {
  header: string;
  /** Only with `-o wide`. */
  wide?: boolean;
  /** Left out, the last first, where the terminal is too narrow for all. */
  spare?: boolean;
  value(row: T): string | undefined;
  style?(row: T): Style | undefined;
}

const gap = 3;
/** Spare columns go until the last has so much. */
const wanted = 24;
/** Below this it says nothing any more: the line is then longer than the terminal. */
const least = 8;

/**
 * kubectl's table: padded columns, upper-case headers, nothing at all for no rows. On a terminal it keeps to the width:
 * spare columns go, and the last is cut. With `wide`, and where there is no terminal, everything is printed in full.
 */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  options: { wide?: boolean; headers?: boolean; look?: Look },
): string {
  if (rows.length === 0) return '';
  const { wide = false, headers = true, look } = options;
  const width = wide ? undefined : look?.width;
  const measured = columns
    .filter((column) => !column.wide || wide)
    .map((column) => {
      const cells = rows.map((row) => clean(column.value(row) || '<none>'));
      const header = column.header.toUpperCase();
      return { column, header, cells, width: cells.reduce((most, cell) => Math.max(most, textWidth(cell)), headers ? header.length : 0) };
    });
  const shown = width === undefined ? measured : fitting(measured, width);
  const before = shown.slice(0, -1).reduce((sum, column) => sum + column.width + gap, 0);
  const rest = width === undefined ? undefined : Math.max(least, width - before);
  const line = (cells: string[], styles: (Style | undefined)[]): string =>
    cells
      .map((cell, index) => {
        const isLast = index === shown.length - 1;
        const text = isLast ? (rest === undefined ? cell : cut(cell, rest)) : padEnd(cell, shown[index]!.width + gap);
        return paint(look?.color ?? false, styles[index], text);
      })
      .join('')
      .trimEnd();
  const lines = headers
    ? [
        line(
          shown.map(({ header }) => header),
          [],
        ),
      ]
    : [];
  for (const [index, row] of rows.entries()) {
    lines.push(
      line(
        shown.map(({ cells }) => cells[index]!),
        shown.map(({ column }) => column.style?.(row)),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function fitting<C extends { column: { spare?: boolean }; width: number }>(columns: C[], width: number): C[] {
  const shown = [...columns];
  const needed = (): number =>
    shown.reduce((sum, column, index) => sum + (index === shown.length - 1 ? Math.min(column.width, wanted) : column.width + gap), 0);
  while (needed() > width) {
    const spare = shown.findLastIndex(({ column }) => column.spare);
    if (spare < 0) break;
    shown.splice(spare, 1);
  }
  return shown;
}
