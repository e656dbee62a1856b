import type { Plan } from '@kubectl-dr/core/planning/model';
import type { Context } from './context.ts';
import { flagText } from './flags.ts';
import type { Arguments } from './definition.ts';
import { follow } from './follow.ts';

/** Executes a plan that was shown and agreed to. */
export async function start(plan: Plan, args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const reason = flagText(args, 'reason');
  context.leaving.says = 'Interrupted while it was begun. Whether it was is told by: kubectl dr get operations\n';
  const who = await caller();
  return follow((signal) => service.execute(plan, who, { signal, ...(reason ? { reason } : {}) }), args, context);
}
