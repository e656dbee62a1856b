import type { Operation } from '@kubectl-dr/core/execution/model';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { operationToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';
import { clusterTime } from './cluster-clock.ts';
import { exit } from './exit-codes.ts';
import { nextCommands } from './next-commands.ts';
import { data } from './output/data.ts';
import { progress } from './output/progress.ts';
import { clean, paint, stateStyle } from './output/terminal.ts';
import { phaseOf } from './phase.ts';

/** Carries a started operation out, showing it, and gives the exit code of its end. Ctrl-C leaves it resumable. */
export async function follow(started: StartedOperation, args: Arguments, context: Context): Promise<number> {
  const { leaving } = context;
  const phase = phaseOf(started.operation);
  leaving.says = interruptedText(started.operation.id, phase);
  const view = progress(context.output, started.operation, phase);
  let last = started.operation;
  try {
    for await (const event of started.events) {
      if (event.type === 'operation') last = event.operation;
      view.show(event);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    view.end();
  }
  if (context.signal.aborted && !phase.hasEnded(last)) return exit.interrupted;
  leaving.says = undefined;
  await showOperation(last, args, context);
  if (last.state === phase.success) context.output.err(afterwards(last, await clusterTime(context, last.plan.home)));
  return last.state === phase.success ? exit.done : exit.failed;
}

function interruptedText(id: string, { success }: ReturnType<typeof phaseOf>): string {
  const stop = success === 'Undone' ? '' : `Stop it with: kubectl dr cancel ${id}\n`;
  return `Interrupted: what the cluster has begun goes on there. Continue with: kubectl dr resume ${id}\n${stop}`;
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
  const state = paint(context.output.color.out, stateStyle[operation.state], operation.state);
  context.output.out(`operation ${operation.id} ${state}${operation.message ? `: ${clean(operation.message, 600)}` : ''}\n`);
  if (operation.state !== 'Failed') return;
  for (const [line, what] of nextCommands(operationToWire(operation), await clusterTime(context, operation.plan.home)))
    context.output.err(`next: ${line}   (${what})\n`);
}
