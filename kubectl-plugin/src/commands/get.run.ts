import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { clusterTime, nowOf } from '../cluster-clock.ts';
import { clusterNotes, exitOfFleet, whyEmpty } from '../cluster-notes.ts';
import { itemsShown, setsBelow } from '../items-shown.ts';
import type { Kind } from '../kinds.ts';
import { listing, named, setsIn } from '../listing.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { output } = context;
  const kind = args.positionals.KIND as Kind;
  const name = args.positionals.NAME;
  const { items: listed, fleet } = await listing(kind, args, context);
  const selector = flagText(args, 'selector');
  const all = selector === undefined ? listed : await (await import('../labelled.ts')).labelled(kind, listed, selector, context);
  // The list of clusters says it itself, but for the role that is wanted.
  if (fleet && (kind !== 'clusters' || exitOfFleet(fleet) === exit.refused)) clusterNotes(fleet, output);
  if (fleet && name !== undefined && all.length === 0 && exitOfFleet(fleet) !== exit.done) return exitOfFleet(fleet);
  const items = name === undefined ? all : named(kind, all, name);
  const text = await itemsShown(kind, items, () => (fleet ? nowOf(fleet, context.clock) : clusterTime(context)), args, context);
  if (text !== undefined) {
    output.out(text);
    if (fleet && kind === 'points' && flagText(args, 'application') !== undefined && selector === undefined)
      output.out(await setsBelow(() => setsIn(fleet, undefined, nowOf(fleet, context.clock)), args, context));
  } else {
    // When nothing could be read, nobody knows whether there is nothing.
    if (fleet && exitOfFleet(fleet) !== exit.done) return exitOfFleet(fleet);
    const where = flagText(args, 'namespace');
    const why = fleet && kind !== 'policies' ? whyEmpty(fleet) : undefined;
    output.err(
      `No ${kind} found${where === undefined ? '' : ` in namespace ${where}`}${selector === undefined ? '' : ' with these labels'}${why ? `: ${why}` : ''}.\n`,
    );
  }
  return fleet ? exitOfFleet(fleet) : exit.done;
}
