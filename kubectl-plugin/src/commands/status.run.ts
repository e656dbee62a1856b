import { applicationToWire } from '@kubectl-dr/core/wire/encode';
import { nowOf } from '../cluster-clock.ts';
import { clusterNotes, exitOfFleet } from '../cluster-notes.ts';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data, list } from '../output/data.ts';
import { applicationColumns, statusScreen, worstApplicationsFirst } from '../output/status.ts';
import { table } from '../output/table.ts';
import { lookOf } from '../output/terminal.ts';
import { applicationTree } from '../output/tree.ts';
import { inNamespace } from '../selection.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service } = await context.fleet();
  const { output, signal } = context;
  const format = flagText(args, 'output');
  const look = lookOf(output, 'out');
  const name = args.positionals.APP;
  const fleet = await service.fleet({ contents: true, ...(name === undefined ? {} : { applications: [name] }), signal });
  const now = nowOf(fleet, context.clock);
  const applications = inNamespace(fleet.applications, name === undefined ? flagText(args, 'namespace') : undefined).map(applicationToWire);
  clusterNotes(fleet, output);
  const text = await data(format, name === undefined ? list('Application', worstApplicationsFirst(applications)) : applications[0]!);
  if (text !== undefined) output.out(text);
  else if (name !== undefined) output.out(applicationTree(applications[0]!, { look, now }));
  else if (applications.length === 0) output.err('No applications found.\n');
  else if (format === 'wide' || args.flags['no-headers'])
    output.out(
      table(worstApplicationsFirst(applications), applicationColumns(now), {
        wide: format === 'wide',
        headers: args.flags['no-headers'] !== true,
        look,
      }),
    );
  else output.out(statusScreen(applications, fleet.clusters.length, now, look));
  const readable = exitOfFleet(fleet);
  if (readable !== exit.done) return readable;
  return args.flags.check && applications.some((app) => app.status.verdict !== 'Protected') ? exit.unprotected : exit.done;
}
