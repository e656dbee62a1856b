import { applicationToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data, list } from '../output/data.ts';
import { applicationColumns, applicationTree } from '../output/status.ts';
import { table } from '../output/table.ts';
import { clusterNotes, exitOfFleet } from '../cluster-notes.ts';
import { inNamespace } from '../selection.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service } = await context.fleet();
  const { output } = context;
  const format = flagText(args, 'output');
  const name = args.positionals.APP;
  if (name !== undefined) {
    const status = await service.application(name, { signal: context.signal });
    const wire = applicationToWire(status);
    const tree = () => applicationTree(wire, { color: output.color.out, unicode: output.unicode, now: context.clock.now() });
    output.out(data(format, wire) ?? tree());
    return args.flags.check && wire.status.verdict !== 'Protected' ? exit.unprotected : exit.done;
  }
  const fleet = await service.fleet({ contents: true, signal: context.signal });
  const applications = inNamespace(fleet.applications, flagText(args, 'namespace')).map(applicationToWire);
  const text = data(format, list('Application', applications));
  if (text !== undefined) {
    output.out(text);
  } else {
    const columns = applicationColumns(context.clock.now());
    output.out(
      table(applications, columns, { wide: format === 'wide', headers: args.flags['no-headers'] !== true, color: output.color.out }),
    );
    if (applications.length === 0) output.err('No applications found.\n');
  }
  clusterNotes(fleet, output);
  const readable = exitOfFleet(fleet);
  if (readable !== exit.done) return readable;
  return args.flags.check && applications.some((app) => app.status.verdict !== 'Protected') ? exit.unprotected : exit.done;
}
