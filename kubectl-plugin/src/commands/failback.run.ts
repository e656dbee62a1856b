import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { move } from '../move.ts';

export function run(args: Arguments, context: Context): Promise<number> {
  return move('Failback', args, context);
}
