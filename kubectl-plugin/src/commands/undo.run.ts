import type { Operation } from '@kubectl-dr/core/execution/model';
import { directionOf } from '@kubectl-dr/core/execution/direction';
import { assertUndoable } from '@kubectl-dr/core/service/operations';
import { operationToWire } from '@kubectl-dr/core/wire/encode';
import { isSilence } from '@kubectl-dr/core/execution/silence';
import { assertConfirmed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit, UsageError } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import { data } from '../output/data.ts';
import { undoText } from '../output/undo.ts';
import { lookOf } from '../output/terminal.ts';
import { phaseOf } from '../phase.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller, clusters } = await context.fleet();
  const operation = await service.operation(args.positionals.OPERATION!);
  const home = clusters.find(({ name }) => name === operation.plan.home);
  const now = (await home?.now({ signal: context.signal }).catch(nothingOfTheSilent)) ?? context.clock.now();
  const override = overrideOf(args);
  if ((await proposeUndo(operation, now, args, context)) === 'shown') return exit.done;
  context.leaving.says = `Interrupted while it was begun. Go on with: kubectl dr undo ${operation.id}\n`;
  const who = await caller();
  return follow((signal) => service.undo(operation.id, who, { signal, ...(override !== undefined && { override }) }), args, context);
}

/** Its journal lies elsewhere as well; whether it can be taken back without it is said by whoever does it. */
function nothingOfTheSilent(error: unknown): undefined {
  if (!isSilence(error)) throw error;
  return undefined;
}

function overrideOf(args: Arguments): string | undefined {
  const override = flagText(args, 'override')?.trim();
  if (override === '') throw new UsageError('--override says nothing: why cannot anything be running there?', 'undo');
  return override;
}

/**
 * Shows what goes back and what is lost by it, and asks, unless it is only to be shown. What can be refused is refused before
 * anybody is asked.
 */
export async function proposeUndo(operation: Operation, now: Date, args: Arguments, context: Context): Promise<'shown' | 'agreed'> {
  assertUndoable(operation, now);
  const steps = stepsOf(operation);
  if (flagText(args, 'dry-run')) {
    const text = await data(flagText(args, 'output'), operationToWire(operation));
    context.output.out(text ?? undoText(operation, steps, lookOf(context.output, 'out')));
    return 'shown';
  }
  context.output.err(undoText(operation, steps, lookOf(context.output, 'err')));
  const { plan, id } = operation;
  await assertConfirmed(plan.application, `puts back what ${id} replaced in ${plan.components.join(', ')}`, args, context);
  return 'agreed';
}

/** Those that an undo would carry out, or has still to carry out. */
function stepsOf(operation: Operation) {
  const begun = directionOf(operation) === 'undo';
  return phaseOf(begun ? operation : { ...operation, undo: { requestedBy: '', requestedAt: '', steps: [] } }).steps;
}
