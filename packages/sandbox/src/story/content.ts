import type { PastContent } from '../simulators/velero/past-points.ts';

const goods = ['lantern', 'compass', 'blanket', 'kettle ', 'teapot ', 'hammock', 'bicycle', 'trellis'];
const digits = (number: number, count: number): string => String(number).padStart(count, '0');

interface Table {
  header: string;
  /** Behind number and time, as wide in every row. */
  cells(index: number): string[];
}

/** The tables that have a story of their own. */
const tables: Record<string, Table> = {
  orders: {
    header: 'order,time,item,customer,cents',
    cells: (index) => [
      goods[(index * 5) % goods.length]!,
      `c${digits((index * 37) % 1000, 4)}`,
      digits(100 + ((index * 7919) % 90_000), 6),
    ],
  },
  payments: {
    header: 'payment,time,order,state',
    cells: (index) => [digits(index + 1, 6), index % 50 === 7 ? 'refunded' : 'settled '],
  },
};

/** It grows as the days pass, so that points differ: a table of `of` with a new row every so many minutes since `since`. Rows are as wide as each other, which makes their size cheap. */
export function contentOf({ of, everyMinutes }: { of: string; everyMinutes: number }, since: Date): PastContent {
  const { header, cells } = tables[of] ?? { header: 'id,time,name', cells: (index) => [`${of}-${digits((index * 31) % 10_000, 4)}`] };
  const every = everyMinutes * 60_000;
  const row = (index: number): string => {
    const time = new Date(since.getTime() + index * every).toISOString().slice(0, 19);
    return `${[digits(index + 1, 6), `${time}Z`, ...cells(index)].join(',')}\n`;
  };
  const width = row(0).length;
  const count = (at: Date): number => Math.max(0, Math.floor((at.getTime() - since.getTime()) / every) + 1);
  return {
    size: (at) => header.length + 1 + count(at) * width,
    files: (at) => ({ [`${of}.csv`]: `${header}\n${Array.from({ length: count(at) }, (_, index) => row(index)).join('')}` }),
  };
}
