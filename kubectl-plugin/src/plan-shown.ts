import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { data } from './output/data.ts';
import { offerLine } from './offer.ts';
import { planText } from './output/plan.ts';
import { lookOf } from './output/terminal.ts';

/** What `plan` and `--dry-run` print: the plan as data when asked for, else as text. */
export async function planShown(plan: WirePlan, args: Arguments, context: Context): Promise<string> {
  return (
    (await data(flagText(args, 'output'), plan)) ?? `${planText(plan.spec, lookOf(context.output, 'out'))}${offerLine(plan.spec, context)}`
  );
}

/** What is said after a plan that cannot be carried out. */
export function refused(plan: WirePlan['spec'], context: Context): string {
  return `Refused: what is not met above stands in the way. Nothing was changed.\n${offerLine(plan, context)}`;
}
