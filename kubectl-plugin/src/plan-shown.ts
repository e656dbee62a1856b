import type { Plan } from '@kubectl-dr/core/planning/model';
import { planToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from './context.ts';
import { flagText } from './context.ts';
import type { Arguments } from './definition.ts';
import { data } from './output/data.ts';
import { planText } from './output/plan.ts';
import { lookOf } from './output/terminal.ts';

/** What `plan` and `--dry-run` print: the plan as data when asked for, else as text. */
export async function planShown(plan: Plan, args: Arguments, context: Context): Promise<string> {
  const wire = planToWire(plan);
  return (await data(flagText(args, 'output'), wire)) ?? planText(wire.spec, lookOf(context.output, 'out'));
}
