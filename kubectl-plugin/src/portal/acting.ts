import type { PlanRequestBody, PortalPlan } from '@kubectl-dr/backstage-plugin-dr-common/src/contract/operations.ts';
import { InputError } from '@kubectl-dr/core/errors';
import { parseDuration } from '@kubectl-dr/core/policy/duration';
import { showProtected } from '../commands/wait.run.ts';
import { assertConfirmed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import { flagList, flagText, resolvePath } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { exit, UsageError } from '../exit-codes.ts';
import { planText } from '../output/plan.ts';
import { clean, lookOf } from '../output/terminal.ts';
import { planShown } from '../plan-shown.ts';
import { restoreRequest } from '../restore-request.ts';
import { hasEnded, show, watch } from './operation.ts';
import type { Session } from './session.ts';

export async function plan(args: Arguments, context: Context, session: Session): Promise<number> {
  const made = await planned(args.positionals.INTENT === 'restore' ? restoreBody(args, 'plan') : backupBody(args), args, session);
  const file = flagText(args, 'out');
  if (file !== undefined) {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(resolvePath(context, file), `${JSON.stringify(made, undefined, 2)}\n`);
  }
  return shown(made, args, context);
}

export async function backup(args: Arguments, context: Context, session: Session): Promise<number> {
  return carriedOut(await planned(backupBody(args), args, session), args, context, session);
}

export async function restore(args: Arguments, context: Context, session: Session): Promise<number> {
  if (args.positionals.APP === undefined) throw new UsageError('APP is missing', 'restore');
  return carriedOut(await planned(restoreBody(args, 'restore'), args, session), args, context, session);
}

function planned(body: PlanRequestBody, args: Arguments, { client, options }: Session): Promise<PortalPlan> {
  return client.plan(args.positionals.APP!, body, options());
}

function backupBody(args: Arguments): PlanRequestBody {
  const components = flagList(args, 'component');
  return { intent: 'Backup', ...(components && { components }) };
}

/** The flags of `restore`; those that a portal decides by itself are refused instead of ignored. */
function restoreBody(args: Arguments, command: string): PlanRequestBody {
  const { application: _, intent, safetyBackup, undoWindow, ...rest } = restoreRequest(args, command);
  if (safetyBackup !== undefined || undoWindow !== undefined)
    throw new InputError(`--${safetyBackup === undefined ? 'undo-window' : 'safety-backup'} is the portal's own decision`, {
      hint: 'leave it out',
    });
  return { ...(rest as Omit<PlanRequestBody, 'intent'>), intent: intent as 'Restore' };
}

async function shown(made: PortalPlan, args: Arguments, context: Context): Promise<number> {
  context.output.out(await planShown(made, args, context));
  return made.spec.blockers.length > 0 ? exit.refused : exit.done;
}

const permission = {
  owner: undefined,
  approval: 'Another person of the team, or an operator, has to agree before it runs.',
  operator: 'Only an operator may carry this out.',
};

/** Shows, asks as without a portal, and starts: the portal carries it out, also when nobody looks. */
async function carriedOut(made: PortalPlan, args: Arguments, context: Context, session: Session): Promise<number> {
  const { output } = context;
  if (flagText(args, 'dry-run')) return shown(made, args, context);
  const { spec, selfService } = made;
  output.err(planText(spec, lookOf(output, 'err')));
  if (spec.blockers.length > 0) {
    output.err('Refused: what is not met above stands in the way. Nothing was changed.\n');
    return exit.refused;
  }
  if (permission[selfService]) output.err(`${permission[selfService]}\n`);
  const replaces = spec.intent === 'Restore' && (spec.mode ?? 'clone') !== 'clone';
  if (replaces) await assertConfirmed(spec.application, `replaces what runs of ${clean(spec.components.join(', '))}`, args, context);
  const reason = flagText(args, 'reason');
  const operation = await session.client.startOperation(
    { plan: { id: spec.id, hash: spec.hash }, ...(reason !== undefined && { reason }), ...(replaces && { confirm: spec.application }) },
    crypto.randomUUID(),
    session.options(),
  );
  return watch(operation, args, context, session);
}

type Steer = 'cancel' | 'resume' | 'undo' | 'confirm' | 'approve' | 'reject';

/** `undo` and `confirm` ask as they do without a portal. */
function steer(verb: Steer): (args: Arguments, context: Context, session: Session) => Promise<number> {
  return async (args, context, session) => {
    const { client, options } = session;
    const id = args.positionals.OPERATION!;
    if (verb === 'approve' || verb === 'reject') {
      const reason = flagText(args, 'reason');
      const decided = await client[verb](id, reason === undefined ? {} : { reason }, options());
      if (verb === 'approve') return watch(decided, args, context, session);
      await show(decided, args, context);
      return exit.done;
    }
    if (flagText(args, 'dry-run'))
      throw new InputError(`${verb} --dry-run needs the clusters themselves, and --portal has none; nothing was changed`, {
        hint: `look at it: kubectl dr describe operation ${id} --portal ${flagText(args, 'portal')!}`,
      });
    if (verb === 'undo' || verb === 'confirm') {
      const { spec } = await client.operation(id, options());
      const what = verb === 'undo' ? `takes ${id} back: ${spec.undo.text}` : `ends the time in which ${id} can be undone`;
      await assertConfirmed(spec.application, clean(what, 600), args, context);
    }
    const operation = await client[verb](id, options());
    if (verb !== 'cancel') return watch(operation, args, context, session);
    await show(operation, args, context);
    return exit.done;
  };
}

export const cancel = steer('cancel');
export const resume = steer('resume');
export const undo = steer('undo');
export const confirm = steer('confirm');
export const approve = steer('approve');
export const reject = steer('reject');

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
        await show(operation, args, context);
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
