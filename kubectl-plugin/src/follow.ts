import type { Operation } from '@kubectl-dr/core/execution/model';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { operationToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';
import { clusterTime } from './cluster-clock.ts';
import { exit } from './exit-codes.ts';
import { nextCommands } from './next-commands.ts';
import { data } from './output/data.ts';
import { assertStays, patienceOf } from './patience.ts';
import { progress } from './output/progress.ts';
import { clean, paint, stateStyle } from './output/terminal.ts';
import { wrap } from './output/text-width.ts';
import { phaseOf } from './phase.ts';

/**
 * Begins an operation and carries it out, showing it, and gives the exit code of its end. Ctrl-C and the end of `--timeout`
 * leave it resumable.
 */
export async function follow(
  begin: (signal: AbortSignal) => Promise<StartedOperation>,
  args: Arguments,
  context: Context,
): Promise<number> {
  const { leaving, output } = context;
  assertStays(args);
  const patience = patienceOf(args, context);
  let started: StartedOperation;
  try {
    started = await begin(patience.signal);
  } catch (error) {
    if (!patience.isOver()) throw error;
    output.err(`${patience.text} while it was begun. Whether it was is told by: kubectl dr get operations\n`);
    return exit.timeout;
  }
  const phase = phaseOf(started.operation);
  leaving.says = `Interrupted: ${goesOn(started.operation.id, phase)}`;
  const view = progress(output, started.operation, phase);
  let last = started.operation;
  try {
    for await (const event of started.events) {
      if (event.type === 'operation') last = event.operation;
      view.show(event);
    }
  } catch (error) {
    if (!patience.signal.aborted) throw error;
  } finally {
    view.end();
  }
  if (patience.signal.aborted && !phase.hasEnded(last)) {
    if (!patience.isOver()) return exit.interrupted;
    output.err(`${patience.text}: ${goesOn(last.id, phase)}`);
    return exit.timeout;
  }
  leaving.says = undefined;
  await showOperation(last, args, context);
  if (last.state === phase.success) output.err(afterwards(last, await clusterTime(context, last.plan.home)));
  return last.state === phase.success ? exit.done : exit.failed;
}

function goesOn(id: string, { success }: ReturnType<typeof phaseOf>): string {
  const stop = success === 'Undone' ? '' : `Stop it with: kubectl dr cancel ${id}\n`;
  return `what the cluster has begun goes on there. Continue with: kubectl dr resume ${id}\n${stop}`;
}

/** The next thing somebody may want: to look at it, or to take it back. */
function afterwards(operation: Operation, now: Date): string {
  const { plan, state } = operation;
  const next = nextCommands(operationToWire(operation), now).map(([line, what]) => `next: ${line}   (${what})\n`);
  const byHand = state === 'Succeeded' && plan.undo.possible && !plan.undo.waves ? [`Undo: ${clean(plan.undo.text, 600)}\n`] : [];
  return [...next, ...byHand].join('');
}

/** Data on stdout when asked for, else one sentence. */
export async function showOperation(operation: Operation, args: Arguments, context: Context): Promise<void> {
  const format = args.flags.output;
  const text = await data(typeof format === 'string' ? format : undefined, operationToWire(operation));
  if (text !== undefined) {
    context.output.out(text);
    return;
  }
  const { color, columns } = context.output;
  const told = `operation ${operation.id} ${operation.state}${operation.message ? `: ${clean(operation.message, 600)}` : ''}`;
  const lines = wrap(told, columns.out, '').join('\n');
  context.output.out(`${lines.replace(operation.state, paint(color.out, stateStyle[operation.state], operation.state))}\n`);
  if (operation.state !== 'Failed') return;
  for (const [line, what] of nextCommands(operationToWire(operation), await clusterTime(context, operation.plan.home)))
    context.output.err(`next: ${line}   (${what})\n`);
}
