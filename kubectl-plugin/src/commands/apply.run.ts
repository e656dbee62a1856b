import { assertCurrent, assertIntact, assertNotExpired } from '@kubectl-dr/core/service/plan-check';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { planToWire } from '@kubectl-dr/core/wire/encode';
import { clusterTime } from '../cluster-clock.ts';
import { assertAgreed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { UsageError } from '../exit-codes.ts';
import { planText } from '../output/plan.ts';
import { lookOf } from '../output/terminal.ts';
import { readPlan } from '../plan-file.ts';
import { start } from '../start.ts';

/** The plan is shown, and whether it is still true is looked at, before anybody is asked; execution looks again. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const plan = await savedPlan(args, context);
  assertNotExpired(plan, await clusterTime(context, plan.home));
  if (args.flags.yes !== true) {
    const { service, caller } = await context.fleet();
    assertCurrent(plan, await service.plan(plan.request, await caller(), { signal: context.signal }));
  }
  await assertAgreed(plan, args, context);
  return start(plan, args, context);
}

/** The plan of `-f`, shown. */
export async function savedPlan(args: Arguments, context: Context): Promise<Plan> {
  const file = flagText(args, 'filename');
  if (file === undefined) throw new UsageError('PLAN is missing: -f FILE', 'apply');
  const plan = await readPlan(file, context);
  await assertIntact(plan);
  context.output.err(planText(planToWire(plan).spec, lookOf(context.output, 'err')));
  return plan;
}
