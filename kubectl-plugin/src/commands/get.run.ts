import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { clusterTime, nowOf } from '../cluster-clock.ts';
import { clusterNotes, exitOfFleet, whyEmpty } from '../cluster-notes.ts';
import type { Kind } from '../kinds.ts';
import { kinds } from '../kinds.ts';
import { listing, named } from '../listing.ts';
import { columnsOf } from '../output/columns.ts';
import { data, list } from '../output/data.ts';
import { table } from '../output/table.ts';
import { lookOf } from '../output/terminal.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { output } = context;
  const kind = args.positionals.KIND as Kind;
  const name = args.positionals.NAME;
  const { items: all, fleet } = await listing(kind, args, context);
  // The list of clusters says it itself.
  if (fleet && kind !== 'clusters') clusterNotes(fleet, output);
  if (fleet && name !== undefined && all.length === 0 && exitOfFleet(fleet) !== exit.done) return exit.error;
  const found = name === undefined ? all : named(kind, all, name);
  const order = flagText(args, 'sort-by');
  const items = order === undefined ? found : (await import('../output/custom-columns.ts')).sortedBy(found, order);
  const format = flagText(args, 'output');
  const text = await data(format, name !== undefined && items.length === 1 ? items[0]! : list(kinds[kind].wire, items), {
    headers: args.flags['no-headers'] !== true,
  });
  if (text !== undefined) {
    output.out(text);
  } else if (items.length === 0) {
    // When nothing could be read, nobody knows whether there is nothing.
    if (fleet && exitOfFleet(fleet) !== exit.done) return exit.error;
    const where = flagText(args, 'namespace');
    const why = fleet && kind !== 'policies' ? whyEmpty(fleet) : undefined;
    output.err(`No ${kind} found${where === undefined ? '' : ` in namespace ${where}`}${why ? `: ${why}` : ''}.\n`);
  } else {
    const columns = columnsOf(
      kind,
      fleet ? nowOf(fleet, context.clock) : await clusterTime(context),
      flagText(args, 'application') !== undefined,
    );
    output.out(table(items, columns, { wide: format === 'wide', headers: args.flags['no-headers'] !== true, look: lookOf(output, 'out') }));
  }
  return fleet ? exitOfFleet(fleet) : exit.done;
}
