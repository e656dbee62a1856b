import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { StartedOperation } from '@kubectl-dr/core/service/port';
import { operationToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';
import { exit } from './exit-codes.ts';
import { data } from './output/data.ts';
import { progress } from './output/progress.ts';
import { clean, paint, stateStyle } from './output/terminal.ts';

/** Carries a started operation out, showing it, and gives the exit code of its end. Ctrl-C leaves it resumable. */
export async function follow(started: StartedOperation, args: Arguments, context: Context): Promise<number> {
  const view = progress(context.output, started.operation);
  let last = started.operation;
  try {
    for await (const event of started.events) {
      if (event.type === 'operation') last = event.operation;
      view.show(event);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  view.end();
  if (context.signal.aborted && last.state !== 'Succeeded' && last.state !== 'Failed') {
    context.output.err(
      `Interrupted: what the cluster has begun goes on there. Continue with: kubectl dr resume ${last.id}\nStop it with: kubectl dr cancel ${last.id}\n`,
    );
    return exit.interrupted;
  }
  showOperation(last, args, context);
  if (last.state === 'Succeeded') context.output.err(afterwards(last.plan));
  return exitOf(last);
}

/** The next thing somebody may want: to look at it, or to take it back. */
function afterwards({ intent, application, undo }: Plan): string {
  const look = intent === 'Backup' ? `next: kubectl dr get points --application ${clean(application)}\n` : '';
  return `${look}${undo.possible ? `Undo: ${clean(undo.text, 600)}\n` : ''}`;
}

export function exitOf(operation: Operation): number {
  return operation.state === 'Succeeded' ? exit.done : exit.failed;
}

/** Data on stdout when asked for, else one sentence. */
export function showOperation(operation: Operation, args: Arguments, context: Context): void {
  const format = args.flags.output;
  const text = data(typeof format === 'string' ? format : undefined, operationToWire(operation));
  if (text !== undefined) {
    context.output.out(text);
    return;
  }
  const state = paint(context.output.color.out, stateStyle[operation.state], operation.state);
  context.output.out(`operation ${operation.id} ${state}${operation.message ? `: ${clean(operation.message, 600)}` : ''}\n`);
  if (operation.state === 'Failed') context.output.err(`next: kubectl dr describe operation ${operation.id}\n`);
}
