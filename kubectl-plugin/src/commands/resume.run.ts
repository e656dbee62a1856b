import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { follow } from '../follow.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const started = await service.resume(args.positionals.OPERATION!, await caller(), { signal: context.signal });
  return follow(started, args, context);
}
