import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { showOperation } from '../follow.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const operation = await service.cancel(args.positionals.OPERATION!, await caller());
  await showOperation(operation, args, context);
  return 0;
}
