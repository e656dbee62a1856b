import type { Operation } from '@kubectl-dr/core/execution/model';
import { asDrError, DrError, InputError } from '@kubectl-dr/core/errors';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import type { WireDrill } from '@kubectl-dr/core/wire/drill';
import type { WireReport } from '@kubectl-dr/core/wire/report';
import { reportToWire } from '@kubectl-dr/core/wire/encode-report';
import { clusterNotes, exitOfFleet, note } from '../cluster-notes.ts';
import type { Context } from '../context.ts';
import { flagText, resolvePath } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { listing, named } from '../listing.ts';
import { data } from '../output/data.ts';
import { drillPage } from '../output/html/drills.ts';
import { reportPage } from '../output/html/report-page.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const drill = flagText(args, 'drill');
  if (drill !== undefined) return evidence(drill, args, context);
  const { service, caller } = await context.fleet();
  const { output, signal } = context;
  const name = args.positionals.APP;
  const [fleet, doctor, seen] = await Promise.all([
    service.fleet({ ...(name === undefined ? {} : { applications: [name] }), signal }),
    // Asked at the same time: who waits here would leave what was begun before without anybody who hears of its end.
    caller().then((who) => service.doctor(who, { ...(name === undefined ? {} : { application: name }), signal })),
    operationsOf(context),
  ]);
  clusterNotes(fleet, output);
  const hidden = seen instanceof DrError;
  if (hidden) note('warning', `restores that were done are left out: ${seen.message}`, seen.hint, output);
  await showReport(await reportToWire(fleet, doctor, hidden ? [] : seen, daysOf(args)), args, context);
  return exitOfFleet(fleet);
}

/** Who may not see the journal is shown the rest: gives the refusal. */
async function operationsOf({ fleet, signal }: Context): Promise<Operation[] | DrError> {
  const { service } = await fleet();
  try {
    return await service.operations({ onUnread: () => undefined, signal });
  } catch (thrown) {
    const error = asDrError(thrown);
    if (error.code !== 'FORBIDDEN') throw thrown;
    return error;
  }
}

/** How far back points are listed. */
export function daysOf(args: Arguments): number {
  return parseDuration(flagText(args, 'since') ?? '30d', '--since') / 86_400_000;
}

export async function showReport(report: WireReport, args: Arguments, context: Context): Promise<void> {
  await handOut((await data(flagText(args, 'output'), report)) ?? reportPage(report), args, context);
}

async function evidence(name: string, args: Arguments, context: Context): Promise<number> {
  const { items } = await listing('drills', args, context);
  const [drill] = named('drills', items, name);
  await showEvidence(drill!, args, context);
  return exit.done;
}

export async function showEvidence(drill: WireDrill, args: Arguments, context: Context): Promise<void> {
  await handOut((await data(flagText(args, 'output'), drill)) ?? drillPage(drill), args, context);
}

/** Into the file that was asked for, else to stdout. */
async function handOut(text: string, args: Arguments, context: Context): Promise<void> {
  const file = flagText(args, 'out');
  if (file === undefined) {
    context.output.out(text);
    return;
  }
  const { writeFile } = await import('node:fs/promises');
  const path = resolvePath(context, file);
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new InputError(`cannot write ${path}: ${(cause as Error).message}`, { cause, hint: 'name another file with --out' });
  }
  context.output.err(`report written: ${path}\n`);
}
