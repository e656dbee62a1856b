import type { Operation } from '@kubectl-dr/core/execution/model';
import { operationToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { data } from '../output/data.ts';
import { logEntries, logLine } from '../output/log.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service } = await context.fleet();
  const { output, signal } = context;
  const id = args.positionals.OPERATION!;
  const format = flagText(args, 'output');
  if (args.flags.follow !== true) {
    const operation = await service.operation(id);
    output.out((await data(format, operationToWire(operation))) ?? linesOf(operation, new Set(), output.color.out));
    return exit.done;
  }
  const told = new Set<string>();
  let last: Operation | undefined;
  for await (const operation of service.watchOperation(id, signal)) {
    last = operation;
    // As data only the end is told: half of a document is none.
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
