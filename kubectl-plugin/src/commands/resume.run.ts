import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { follow } from '../follow.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const who = await caller();
  return follow((signal) => service.resume(args.positionals.OPERATION!, who, { signal }), args, context);
}
