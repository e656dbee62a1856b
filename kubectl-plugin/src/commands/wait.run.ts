import { terminalStates } from '@kubectl-dr/core/execution/states';
import { applicationToWire } from '@kubectl-dr/core/wire/encode';
import type { WireApplication } from '@kubectl-dr/core/wire/application';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { showOperation } from '../follow.ts';
import { data } from '../output/data.ts';
import { clean } from '../output/terminal.ts';

/** Local time decides only when to give up; what is waited for is judged by the cluster's clock. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const name = args.positionals['OPERATION|APP']!;
  const limit = parseDuration(flagText(args, 'timeout') ?? '10m', '--timeout');
  const deadline = AbortSignal.timeout(limit);
  const signal = AbortSignal.any([deadline, context.signal]);
  try {
    return flagText(args, 'for') === 'protected'
      ? await untilProtected(name, args, context, signal)
      : await untilEnded(name, args, context, signal);
  } catch (error) {
    if (!deadline.aborted || context.signal.aborted) throw error;
    const after = flagText(args, 'timeout') ?? '10m';
    const goesOn = flagText(args, 'for') === 'protected' ? `${clean(name)} is not protected yet` : `${clean(name)} goes on`;
    context.output.err(`timed out after ${after}: ${goesOn}\n`);
    return exit.timeout;
  }
}

async function untilEnded(id: string, args: Arguments, context: Context, signal: AbortSignal): Promise<number> {
  const { service } = await context.fleet();
  let operation = await service.operation(id);
  // Who waits for an undo is content when it is undone.
  const success = operation.state === 'Undoing' ? 'Undone' : 'Succeeded';
  if (!terminalStates.includes(operation.state)) {
    for await (const next of service.watchOperation(id, signal)) {
      operation = next;
      if (terminalStates.includes(next.state)) break;
    }
    signal.throwIfAborted();
  }
  await showOperation(operation, args, context);
  return operation.state === success ? exit.done : exit.failed;
}

async function untilProtected(name: string, args: Arguments, context: Context, signal: AbortSignal): Promise<number> {
  const { service } = await context.fleet();
  for (;;) {
    const status = await service.application(name, { signal });
    if (status.verdict === 'Protected') {
      await showProtected(applicationToWire(status), args, context);
      return exit.done;
    }
    await context.clock.sleep(2_000, signal);
  }
}

export async function showProtected(application: WireApplication, args: Arguments, { output }: Context): Promise<void> {
  const text = await data(flagText(args, 'output'), application);
  output.out(text ?? `application ${clean(args.positionals['OPERATION|APP']!)} Protected\n`);
}
