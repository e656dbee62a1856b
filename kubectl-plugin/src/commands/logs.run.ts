import type { Operation } from '@kubectl-dr/core/execution/model';
import { operationToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data } from '../output/data.ts';
import { logEntries, logLine } from '../output/log.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service } = await context.fleet();
  const id = args.positionals.OPERATION!;
  const states = args.flags.follow === true ? service.watchOperation(id, context.signal) : [await service.operation(id)];
  return showLogs(states, args, context);
}

/** What is new in each state of an operation; as data only the last one, for half of a document is none. */
export async function showLogs(
  states: AsyncIterable<Operation> | Iterable<Operation>,
  args: Arguments,
  { output, signal }: Context,
): Promise<number> {
  const format = flagText(args, 'output');
  const told = new Set<string>();
  let last: Operation | undefined;
  for await (const operation of states) {
    last = operation;
    if (format === undefined || format === 'wide') output.out(linesOf(operation, told, output.color.out));
  }
  signal.throwIfAborted();
  if (last) output.out((await data(format, operationToWire(last))) ?? '');
  return exit.done;
}

/** Those lines that were not told yet. */
function linesOf(operation: Operation, told: Set<string>, color: boolean): string {
  const lines = logEntries(operation).map((entry) => logLine(entry, color));
  const fresh = lines.filter((line) => !told.has(line));
  for (const line of fresh) told.add(line);
  return fresh.join('');
}
