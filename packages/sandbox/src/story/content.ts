import type { Files } from '../simulators/volumes/volume-store.ts';

/** What a volume of the story holds, at any time: it grows as the days pass, so that points differ. */
export interface Content {
  /** Bytes, without making the files. */
  size(at: Date): number;
  files(at: Date): Files;
}

/** A table with a new row every so often since `since`. Rows are as wide as each other, which makes their size cheap. */
export function table(file: string, header: string, since: Date, every: number, cells: (index: number) => string[]): Content {
  const row = (index: number): string => {
    const time = new Date(since.getTime() + index * every).toISOString().slice(0, 19);
    return `${[String(index + 1).padStart(6, '0'), `${time}Z`, ...cells(index)].join(',')}\n`;
  };
  const width = row(0).length;
  const count = (at: Date): number => Math.max(0, Math.floor((at.getTime() - since.getTime()) / every) + 1);
  return {
    size: (at) => header.length + 1 + count(at) * width,
    files: (at) => ({ [file]: `${header}\n${Array.from({ length: count(at) }, (_, index) => row(index)).join('')}` }),
  };
}

const goods = ['lantern', 'compass', 'blanket', 'kettle ', 'teapot ', 'hammock', 'bicycle', 'trellis'];

export function orders(since: Date): Content {
  return table('orders.csv', 'order,time,item,customer,cents', since, 20 * 60_000, (index) => [
    goods[(index * 5) % goods.length]!,
    `c${String((index * 37) % 1000).padStart(4, '0')}`,
    String(100 + ((index * 7919) % 90_000)).padStart(6, '0'),
  ]);
}

export function payments(since: Date): Content {
  return table('payments.csv', 'payment,time,order,state', since, 20 * 60_000, (index) => [
    String(index + 1).padStart(6, '0'),
    index % 50 === 7 ? 'refunded' : 'settled ',
  ]);
}

/** Rows of anything that has no story of its own. */
export function rows(name: string, since: Date, every: number): Content {
  return table(`${name}.csv`, 'id,time,name', since, every, (index) => [`${name}-${String((index * 31) % 10_000).padStart(4, '0')}`]);
}
