import { terminalStates } from '@kubectl-dr/core/execution/model';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import type { Context } from '../context.ts';
import { flagText } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { nextCommands } from '../next-commands.ts';
import { data } from '../output/data.ts';
import { clean, paint, stateStyle } from '../output/terminal.ts';
import type { Session } from './session.ts';

/** How long a look at the portal lasts before the next, milliseconds. */
const pause = 1_000;

export function hasEnded({ status }: WireOperation): boolean {
  return (terminalStates as readonly string[]).includes(status.state);
}

/**
 * Shows an operation that the portal carries out until it ends, a line per change of a step on stderr. It goes on there
 * whatever happens here. One that waits for an approval is left: that may take a day.
 */
export async function watch(operation: WireOperation, args: Arguments, context: Context, { client, options }: Session): Promise<number> {
  const { output, signal, clock } = context;
  const told = new Map<string, string>();
  let now = operation;
  for (;;) {
    for (const line of news(now, told)) output.err(`${line}\n`);
    if (hasEnded(now) || now.status.state === 'WaitingForApproval') break;
    try {
      await clock.sleep(pause, signal);
      now = await client.operation(now.metadata.name, options());
    } catch (error) {
      if (!signal.aborted) throw error;
      output.err(
        `Interrupted: ${clean(now.metadata.name)} goes on in the portal. Look at it with: kubectl dr wait ${clean(now.metadata.name)} --portal ${flagText(args, 'portal')!}\n`,
      );
      return exit.interrupted;
    }
  }
  await show(now, args, context);
  if (now.status.state === 'WaitingForApproval') {
    output.err(
      `next: kubectl dr approve ${clean(now.metadata.name)} --portal ${flagText(args, 'portal')!}   (by somebody else of the team, or an operator)\n`,
    );
    return exit.done;
  }
  return now.status.state === 'Succeeded' || now.status.state === 'Undone' ? exit.done : exit.failed;
}

function news({ spec, status }: WireOperation, told: Map<string, string>): string[] {
  const titles = new Map(
    [...spec.waves, ...(spec.undo.waves ?? []), ...(spec.undo.release ?? [])]
      .flat()
      .map((step) => [step.id, `[${step.cluster}] ${step.title}`]),
  );
  const steps = [...status.steps, ...(status.undo?.steps ?? []), ...(status.release?.steps ?? [])];
  return steps.flatMap(({ id, state, message }) => {
    const known = told.get(id);
    told.set(id, state);
    if (known === state || state === 'Pending') return [];
    return [`${state.padEnd(9)} ${clean(titles.get(id) ?? id)}${message && state !== 'Running' ? `: ${clean(message, 400)}` : ''}`];
  });
}

export async function show(operation: WireOperation, args: Arguments, context: Context): Promise<void> {
  const { output } = context;
  const text = await data(flagText(args, 'output'), operation);
  if (text !== undefined) {
    output.out(text);
    return;
  }
  const { state, message } = operation.status;
  output.out(
    `operation ${clean(operation.metadata.name)} ${paint(output.color.out, stateStyle[state], state)}${message ? `: ${clean(message, 600)}` : ''}\n`,
  );
  for (const [line, what] of nextCommands(operation, context.clock.now()))
    output.err(`next: ${line} --portal ${flagText(args, 'portal')!}   (${what})\n`);
}
