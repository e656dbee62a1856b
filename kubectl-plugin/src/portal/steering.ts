import { InputError } from '@kubectl-dr/core/errors';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import { proposeRelease } from '../commands/confirm.run.ts';
import { showLogs } from '../commands/logs.run.ts';
import { proposeUndo } from '../commands/undo.run.ts';
import { showProtected } from '../commands/wait.run.ts';
import type { Context } from '../context.ts';
import { flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { clean } from '../output/terminal.ts';
import { hasEnded, operationOf, portalTime, show, states, watch } from './operation.ts';
import type { Session } from './session.ts';

export async function cancel(args: Arguments, context: Context, session: Session): Promise<number> {
  await show(await session.client.cancel(args.positionals.OPERATION!, session.options()), args, context, session);
  return exit.done;
}

export async function resume(args: Arguments, context: Context, session: Session): Promise<number> {
  return watch(await session.client.resume(args.positionals.OPERATION!, session.options()), args, context, session);
}

export async function undo(args: Arguments, context: Context, session: Session): Promise<number> {
  if (args.flags.override !== undefined)
    throw new InputError('a portal takes nothing back without a cluster that does not answer', {
      hint: 'leave --portal out, and ask the clusters themselves',
    });
  const operation = operationOf(await known(args, session));
  if ((await proposeUndo(operation, await portalTime(context, session), args, context)) === 'shown') return exit.done;
  return watch(await session.client.undo(operation.id, session.options()), args, context, session);
}

export async function confirm(args: Arguments, context: Context, session: Session): Promise<number> {
  const operation = operationOf(await known(args, session));
  await proposeRelease(operation, args, context);
  return watch(await session.client.confirm(operation.id, session.options()), args, context, session);
}

export async function approve(args: Arguments, context: Context, session: Session): Promise<number> {
  return watch(await session.client.approve(...decision(args, session)), args, context, session);
}

export async function reject(args: Arguments, context: Context, session: Session): Promise<number> {
  await show(await session.client.reject(...decision(args, session)), args, context, session);
  return exit.done;
}

export async function logs(args: Arguments, context: Context, session: Session): Promise<number> {
  const operation = await known(args, session);
  const followed = states(operation, (one) => args.flags.follow !== true || hasEnded(one), context, session);
  return showLogs(journalled(followed), args, context);
}

async function* journalled(operations: AsyncIterable<WireOperation>): AsyncIterable<ReturnType<typeof operationOf>> {
  for await (const operation of operations) yield operationOf(operation);
}

function known(args: Arguments, { client, options }: Session): Promise<WireOperation> {
  return client.operation(args.positionals.OPERATION!, options());
}

function decision(args: Arguments, { options }: Session): Parameters<Session['client']['approve']> {
  const reason = flagText(args, 'reason');
  return [args.positionals.OPERATION!, reason === undefined ? {} : { reason }, options()];
}

export async function wait(args: Arguments, context: Context, session: Session): Promise<number> {
  const { client, options } = session;
  const { output, signal, clock } = context;
  const name = args.positionals['OPERATION|APP']!;
  const limit = flagText(args, 'timeout') ?? '10m';
  const deadline = clock.now().getTime() + parseDuration(limit, '--timeout');
  const isProtected = flagText(args, 'for') === 'protected';
  // Who waits for an undo is content when it is undone.
  let success: 'Undone' | 'Succeeded' | undefined;
  for (;;) {
    if (isProtected) {
      const application = await client.application(name, options());
      if (application.status.verdict === 'Protected') {
        await showProtected(application, args, context);
        return exit.done;
      }
    } else {
      const operation = await client.operation(name, options());
      success ??= operation.status.state === 'Undoing' ? 'Undone' : 'Succeeded';
      if (hasEnded(operation)) {
        await show(operation, args, context, session);
        return operation.status.state === success ? exit.done : exit.failed;
      }
    }
    if (clock.now().getTime() >= deadline) {
      output.err(`timed out after ${limit}: ${clean(name)} ${isProtected ? 'is not protected yet' : 'goes on'}\n`);
      return exit.timeout;
    }
    await clock.sleep(2_000, signal);
  }
}
