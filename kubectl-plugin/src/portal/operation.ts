import type { Operation } from '@kubectl-dr/core/execution/model';
import { terminalStates } from '@kubectl-dr/core/execution/states';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { nextCommands } from '../next-commands.ts';
import { data } from '../output/data.ts';
import { progress } from '../output/progress.ts';
import { clean, paint, stateStyle } from '../output/terminal.ts';
import { patienceOf } from '../patience.ts';
import { phaseOf } from '../phase.ts';
import { throughPortal } from './next-command.ts';
import type { Session } from './session.ts';

/** How long a look at the portal lasts before the next, milliseconds. */
const pause = 1_000;

export function hasEnded({ status }: WireOperation): boolean {
  return (terminalStates as readonly string[]).includes(status.state);
}

/** Field for field what the portal was given of it. */
export function operationOf({ metadata, spec, status }: WireOperation): Operation {
  return { ...(status as Omit<Operation, 'id' | 'plan'>), id: metadata.name, plan: spec as Operation['plan'] };
}

/** An operation now and in each later state, until `isOver`. */
export async function* states(
  operation: WireOperation,
  isOver: (operation: WireOperation) => boolean,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  { client, options }: Session,
): AsyncIterable<WireOperation> {
  for (let now = operation; ; now = await client.operation(now.metadata.name, options())) {
    yield now;
    if (isOver(now)) return;
    await clock.sleep(pause, signal);
  }
}

/**
 * Shows an operation that the portal carries out until it ends, a line per change of a step on stderr. It goes on there
 * whatever happens here. One that waits for an approval is left: that may take a day.
 */
export async function watch(operation: WireOperation, args: Arguments, context: Context, session: Session): Promise<number> {
  const { output } = context;
  if (args.flags.wait === false) {
    await show(operation, args, context, session);
    return exit.done;
  }
  const patience = patienceOf(args, context);
  const first = operationOf(operation);
  const phase = phaseOf(first);
  const waits = ({ status }: WireOperation): boolean => status.state === 'WaitingForApproval';
  const view = waits(operation) ? undefined : progress(output, first, phase);
  let last = operation;
  const id = clean(operation.metadata.name);
  const goesOn = `${id} goes on in the portal. Look at it with: ${throughPortal(`kubectl dr wait ${id}`, args)}\n`;
  context.leaving.says = `Interrupted: ${goesOn}`;
  try {
    for await (const now of states(
      operation,
      (one) => waits(one) || phase.hasEnded(operationOf(one)),
      { ...context, signal: patience.signal },
      session,
    )) {
      last = now;
      view?.show({ type: 'operation', operation: operationOf(now) });
    }
  } catch (error) {
    if (!patience.signal.aborted) throw error;
  } finally {
    view?.end();
  }
  if (patience.isOver()) {
    output.err(`${patience.text}: ${goesOn}`);
    return exit.timeout;
  }
  if (patience.signal.aborted) return exit.interrupted;
  await show(last, args, context, session);
  return waits(last) || last.status.state === phase.success ? exit.done : exit.failed;
}

export async function show(operation: WireOperation, args: Arguments, context: Context, session: Session): Promise<void> {
  const { output } = context;
  const { state, message } = operation.status;
  const text = await data(flagText(args, 'output'), operation);
  output.out(
    text ??
      `operation ${clean(operation.metadata.name)} ${paint(output.color.out, stateStyle[state], state)}${message ? `: ${clean(message, 600)}` : ''}\n`,
  );
  for (const [line, what] of nextCommands(operation, await portalTime(context, session)))
    output.err(`next: ${throughPortal(line, args)}   (${what})\n`);
}

/** Now by the clusters, as the portal knows them; the clock of this machine says nothing about how long something can be undone. */
export async function portalTime(context: Pick<Context, 'clock' | 'signal'>, { client, options }: Session): Promise<Date> {
  try {
    return latestOf(await client.clusters(options()), context);
  } catch {
    context.signal.throwIfAborted();
    return context.clock.now();
  }
}

export function latestOf(clusters: readonly { status: { now: string } }[], { clock }: Pick<Context, 'clock'>): Date {
  const latest = Math.max(...clusters.map(({ status: { now } }) => Date.parse(now)).filter(Number.isFinite));
  return Number.isFinite(latest) ? new Date(latest) : clock.now();
}
