import { applicationToWire } from '@kubectl-dr/core/wire/encode';
import { nowOf } from '../cluster-clock.ts';
import { clusterNotes, exitOfFleet } from '../cluster-notes.ts';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { inNamespace } from '../selection.ts';
import { showStatus } from '../status-shown.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service } = await context.fleet();
  const { output, signal } = context;
  const name = args.positionals.APP;
  const fleet = await service.fleet({ contents: true, ...(name === undefined ? {} : { applications: [name] }), signal });
  const now = nowOf(fleet, context.clock);
  const applications = inNamespace(fleet.applications, name === undefined ? flagText(args, 'namespace') : undefined).map(applicationToWire);
  clusterNotes(fleet, output);
  const shown = await showStatus(applications, { clusters: fleet.clusters.length, now }, args, context);
  const readable = exitOfFleet(fleet);
  return readable === exit.done ? shown : readable;
}
