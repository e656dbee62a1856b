import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { drillRequest } from '../drill-request.ts';
import { endOfSeen } from '../seen-plan.ts';
import { start } from '../start.ts';

/** Plans, shows and carries out. It is not asked about: nothing that runs is touched, and nothing is left. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const plan = await service.plan(drillRequest(args, 'drill'), await caller(), { signal: context.signal });
  const ended = await endOfSeen(plan, args, context);
  if (ended !== undefined) return ended;
  return start(plan, args, context);
}
