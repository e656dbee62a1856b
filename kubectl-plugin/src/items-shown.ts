import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import type { Kind } from './kinds.ts';
import { kinds } from './kinds.ts';
import { joins } from '@kubectl-dr/core/wire/sets-of';
import type { Items } from './listing.ts';
import { columnsOf } from './output/columns.ts';
import { data, list } from './output/data.ts';
import { setColumns } from './output/sets.ts';
import { table } from './output/table.ts';
import { lookOf } from './output/terminal.ts';

/**
 * What `get` prints of what was found, wherever it was asked: as data when asked for, else as a table, in the order of
 * `--sort-by`. Undefined: a table without rows, of which the caller says why.
 */
export async function itemsShown(
  kind: Kind,
  found: readonly Items[Kind][],
  now: () => Date | Promise<Date>,
  args: Arguments,
  context: Context,
): Promise<string | undefined> {
  const order = flagText(args, 'sort-by');
  const items = order === undefined ? found : (await import('./output/custom-columns.ts')).sortedBy([...found], order);
  const format = flagText(args, 'output');
  const headers = args.flags['no-headers'] !== true;
  const one = args.positionals.NAME !== undefined && items.length === 1;
  const text = await data(format, one ? items[0]! : list(kinds[kind].wire, [...items]), { headers });
  if (text !== undefined || items.length === 0) return text;
  const columns = columnsOf(kind, await now(), flagText(args, 'application') !== undefined);
  return table(items, columns, { wide: format === 'wide', headers, look: lookOf(context.output, 'out') });
}

/**
 * Below the points of one application: which of them belong together, where what goes back is of several. For people alone: `get sets`
 * gives them as data. `sets` is asked for a table alone.
 */
export async function setsBelow(
  sets: () => readonly Items['sets'][] | Promise<readonly Items['sets'][]>,
  args: Arguments,
  { output }: Context,
): Promise<string> {
  const format = flagText(args, 'output');
  const isTable = (format === undefined || format === 'wide') && args.flags['no-headers'] !== true;
  if (!isTable || args.positionals.NAME !== undefined) return '';
  const joined = (await sets()).filter(joins);
  if (joined.length === 0) return '';
  return `\n${table(joined, setColumns(true), { wide: format === 'wide', look: lookOf(output, 'out') })}`;
}
