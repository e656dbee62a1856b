import { planToWire } from '@kubectl-dr/core/wire/encode';
import { assertAgreed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { failoverRequest } from '../failover-request.ts';
import { planText } from '../output/plan.ts';
import { lookOf } from '../output/terminal.ts';
import { planShown } from '../plan-shown.ts';
import { start } from '../start.ts';

/** Plans, shows what is lost first, asks for the name, and carries out. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const plan = await service.plan(failoverRequest(args, 'failover'), await caller(), { signal: context.signal });
  if (flagText(args, 'dry-run')) {
    context.output.out(await planShown(planToWire(plan), args, context));
    return plan.blockers.length > 0 ? exit.refused : exit.done;
  }
  context.output.err(planText(planToWire(plan).spec, lookOf(context.output, 'err')));
  if (plan.blockers.length > 0) {
    context.output.err('Refused: what is not met above stands in the way. Nothing was changed.\n');
    return exit.refused;
  }
  await assertAgreed(plan, args, context);
  return start(plan, args, context);
}
