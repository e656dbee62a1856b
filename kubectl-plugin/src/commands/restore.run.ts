import type { Context } from '../context.ts';
import { assertAgreed } from '../confirmation.ts';
import type { Arguments } from '../definition.ts';
import { restoreRequest } from '../restore-request.ts';
import { endOfSeen } from '../seen-plan.ts';
import { start } from '../start.ts';

/**
 * Plans, shows, asks, executes. A clone goes beside and touches nothing that runs: it is not asked about. The plan is
 * printed on stderr before anything starts.
 */
export async function run(given: Arguments, context: Context): Promise<number> {
  const args = given.positionals.APP === undefined ? await asked(given, context) : given;
  const { service, caller } = await context.fleet();
  const plan = await service.plan(restoreRequest(args, 'restore'), await caller(), { signal: context.signal });
  const ended = await endOfSeen(plan, args, context);
  if (ended !== undefined) return ended;
  await assertAgreed(plan, args, context);
  return start(plan, args, context);
}

async function asked(args: Arguments, context: Context): Promise<Arguments> {
  const { picked, shelfOfClusters } = await import('../picker.ts');
  return picked(args, context, shelfOfClusters(context));
}
