import type { WireApplication } from '@kubectl-dr/core/wire/application';
import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { exit } from './exit-codes.ts';
import { data, list } from './output/data.ts';
import { applicationColumns, statusScreen, worstApplicationsFirst } from './output/status.ts';
import { table } from './output/table.ts';
import { lookOf } from './output/terminal.ts';
import { applicationTree } from './output/tree.ts';

/** Prints what `status` prints, wherever it was asked, and gives its exit code. `clusters`: how many were looked at. */
export async function showStatus(
  applications: readonly WireApplication[],
  { clusters, now }: { clusters: number; now: Date },
  args: Arguments,
  { output }: Context,
): Promise<number> {
  const format = flagText(args, 'output');
  const look = lookOf(output, 'out');
  const isOne = args.positionals.APP !== undefined;
  const sorted = worstApplicationsFirst(applications);
  const text = await data(format, isOne ? applications[0]! : list('Application', sorted));
  if (text !== undefined) output.out(text);
  else if (isOne) output.out(applicationTree(applications[0]!, { look, now }));
  else if (applications.length === 0) output.err('No applications found.\n');
  else if (format === 'wide' || args.flags['no-headers'])
    output.out(table(sorted, applicationColumns(now), { wide: format === 'wide', headers: args.flags['no-headers'] !== true, look }));
  else output.out(statusScreen(applications, clusters, now, look));
  return args.flags.check && applications.some((app) => app.status.verdict !== 'Protected') ? exit.unprotected : exit.done;
}
