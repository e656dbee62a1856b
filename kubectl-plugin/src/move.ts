import { assertAgreed } from './confirmation.ts';
import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';
import type { MoveIntent } from '@kubectl-dr/core/planning/intent';
import { moveRequest } from './failover-request.ts';
import { endOfSeen } from './seen-plan.ts';
import { start } from './start.ts';

/** Plans, shows what is lost first, asks for the name, and carries out. */
export async function move(intent: MoveIntent, args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const plan = await service.plan(moveRequest(args, intent.toLowerCase(), intent), await caller(), { signal: context.signal });
  const ended = await endOfSeen(plan, args, context);
  if (ended !== undefined) return ended;
  await assertAgreed(plan, args, context);
  return start(plan, args, context);
}
