import type { RestoreDiff } from '@kubectl-dr/core/service/port';
import { diffToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from '../context.ts';
import { flagList, flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data } from '../output/data.ts';
import { diffText } from '../output/diff.ts';
import { lookOf } from '../output/terminal.ts';

/**
 * Object by object, the configuration alone: data cannot be compared without restoring it. 0: the same; 1: different;
 * 6: something stood in the way of comparing and nothing that could be compared differs.
 */
export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const components = flagList(args, 'component');
  const point = flagText(args, 'to');
  const found = await service.diff(
    { application: args.positionals.APP!, mode: 'configOnly', ...(components ? { components } : {}), ...(point ? { point } : {}) },
    await caller(),
    { signal: context.signal },
  );
  // That there is nothing to restore is the good news of a diff.
  const diff: RestoreDiff = { ...found, blockers: found.blockers.filter(({ code }) => code !== 'NOTHING_TO_DO') };
  context.output.out((await data(flagText(args, 'output'), diffToWire(diff))) ?? diffText(diff, lookOf(context.output, 'out')));
  if (diff.changes.some(isDifference)) return exit.error;
  return diff.blockers.length > 0 ? exit.refused : exit.done;
}

/** What is left because it is shared, or because it is younger, differs all the same. */
function isDifference({ action, why, fields }: RestoreDiff['changes'][number]): boolean {
  return action !== 'leave' || why !== undefined || (fields ?? []).length > 0;
}
