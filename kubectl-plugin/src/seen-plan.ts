import type { Plan } from '@kubectl-dr/core/planning/model';
import { planToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { exit } from './exit-codes.ts';
import { planText } from './output/plan.ts';
import { lookOf } from './output/terminal.ts';
import { planShown, refused } from './plan-shown.ts';

/**
 * Shows a plan before anything of it starts: on stdout with `--dry-run`, which ends there, else on stderr. The exit code
 * where nothing more is to be done; undefined: it may be carried out.
 */
export async function endOfSeen(plan: Plan, args: Arguments, context: Context): Promise<number | undefined> {
  const blocked = plan.blockers.length > 0;
  if (flagText(args, 'dry-run')) {
    context.output.out(await planShown(planToWire(plan), args, context));
    if (!blocked && flagText(args, 'dry-run') === 'server') await (await import('./tried.ts')).tried(plan, context);
    return blocked ? exit.refused : exit.done;
  }
  context.output.err(planText(planToWire(plan).spec, lookOf(context.output, 'err')));
  if (!blocked) return undefined;
  context.output.err(refused(planToWire(plan).spec, context));
  return exit.refused;
}
