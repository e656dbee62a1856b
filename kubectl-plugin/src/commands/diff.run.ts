import type { WireDiff } from '@kubectl-dr/core/wire/plan';
import { diffToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from '../context.ts';
import { flagList, flagText } from '../flags.ts';
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
  return showDiff(diffToWire(found), args, context);
}

export async function showDiff(found: WireDiff, args: Arguments, { output }: Context): Promise<number> {
  // That there is nothing to restore is the good news of a diff.
  const blockers = found.spec.blockers.filter(({ code }) => code !== 'NOTHING_TO_DO');
  const shown: WireDiff = { ...found, spec: { ...found.spec, blockers } };
  const { spec: diff } = shown;
  output.out((await data(flagText(args, 'output'), shown)) ?? diffText(diff, lookOf(output, 'out')));
  if (diff.changes.some(isDifference)) return exit.error;
  return diff.blockers.length > 0 ? exit.refused : exit.done;
}

/** What is left because it is shared, or because it is younger, differs all the same. */
function isDifference({ action, why, fields }: WireDiff['spec']['changes'][number]): boolean {
  return action !== 'leave' || why !== undefined || (fields ?? []).length > 0;
}
