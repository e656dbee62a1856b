import type { PlanRequestBody, PortalPlan } from '@kubectl-dr/backstage-plugin-dr-common/src/contract/operations.ts';
import { InputError } from '@kubectl-dr/core/errors';
import { isMove } from '@kubectl-dr/core/planning/intent';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { assertCurrent, assertNotExpired } from '@kubectl-dr/core/service/plan-check';
import { savedPlan } from '../commands/apply.run.ts';
import { assertAgreed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import { flagList, flagText, resolvePath } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { drillRequest } from '../drill-request.ts';
import { moveIntents, moveRequest } from '../failover-request.ts';
import { exit } from '../exit-codes.ts';
import { planText } from '../output/plan.ts';
import { lookOf } from '../output/terminal.ts';
import { planShown, refused } from '../plan-shown.ts';
import { restoreRequest } from '../restore-request.ts';
import { portalTime, watch } from './operation.ts';
import type { Session } from './session.ts';

export async function plan(args: Arguments, context: Context, session: Session): Promise<number> {
  const made = await planned(bodyOf(args), args, session);
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

export async function restore(given: Arguments, context: Context, session: Session): Promise<number> {
  const args = given.positionals.APP === undefined ? await asked(given, context, session) : given;
  return carriedOut(await planned(restoreBody(args, 'restore'), args, session), args, context, session);
}

export async function drill(args: Arguments, context: Context, session: Session): Promise<number> {
  return carriedOut(await planned(drillBody(args, 'drill'), args, session), args, context, session);
}

export const failover = moving('failover');
export const relocate = moving('relocate');
export const failback = moving('failback');

function moving(word: string) {
  return async (args: Arguments, context: Context, session: Session): Promise<number> =>
    carriedOut(await planned(moveBody(args, word, word), args, session), args, context, session);
}

async function asked(args: Arguments, context: Context, { client, options }: Session): Promise<Arguments> {
  const { picked } = await import('../picker.ts');
  return picked(args, context, {
    applications: () => client.allApplications({}, options()),
    open: async (name) => {
      const [application, points] = await Promise.all([client.application(name, options()), client.points(name, options())]);
      return { application, points };
    },
  });
}

function bodyOf(args: Arguments): PlanRequestBody {
  switch (args.positionals.INTENT) {
    case 'restore':
      return restoreBody(args, 'plan');
    case 'drill':
      return drillBody(args, 'plan');
    case 'backup':
      return backupBody(args);
    default:
      return moveBody(args, 'plan', args.positionals.INTENT!);
  }
}

function moveBody(args: Arguments, command: string, word: string): PlanRequestBody {
  const { application: _, intent, undoWindow, ...rest } = moveRequest(args, command, moveIntents[word]!);
  assertDecidedThere(undefined, undoWindow, 'leave it out');
  return { ...(rest as Omit<PlanRequestBody, 'intent'>), intent };
}

function drillBody(args: Arguments, command: string): PlanRequestBody {
  const { application: _, ...body } = drillRequest(args, command);
  return body as PlanRequestBody;
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
  assertDecidedThere(safetyBackup, undoWindow, 'leave it out');
  return { ...(rest as Omit<PlanRequestBody, 'intent'>), intent: intent as 'Restore' };
}

function assertDecidedThere(safetyBackup: boolean | undefined, undoWindow: number | undefined, hint: string): void {
  if (safetyBackup === undefined && undoWindow === undefined) return;
  throw new InputError(`--${safetyBackup === undefined ? 'undo-window' : 'safety-backup'} is the portal's own decision`, { hint });
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

/**
 * A plan from a file. The portal carries out only what it has planned itself: it is given what was asked for, plans that again,
 * and starts its own plan if its hash is that of the file.
 */
export async function apply(args: Arguments, context: Context, session: Session): Promise<number> {
  const plan = await savedPlan(args, context);
  assertNotExpired(plan, await portalTime(context, session));
  const { application: _, intent, safetyBackup, undoWindow, ...rest } = plan.request;
  assertDecidedThere(safetyBackup, undoWindow, 'make the plan through the portal');
  const again = await session.client.plan(plan.application, { ...rest, intent }, session.options());
  assertCurrent(plan, again.spec as Plan);
  return agreed({ ...again, spec: { ...again.spec, hash: plan.hash } }, args, context, session);
}

/** Shows, asks as without a portal, and starts: the portal carries it out, also when nobody looks. */
async function carriedOut(made: PortalPlan, args: Arguments, context: Context, session: Session): Promise<number> {
  const { output } = context;
  if (flagText(args, 'dry-run') === 'server')
    throw new InputError('a portal does not try at servers', {
      hint: 'leave it at --dry-run=client; the plan tells what is not permitted',
    });
  if (flagText(args, 'dry-run')) return shown(made, args, context);
  output.err(planText(made.spec, lookOf(output, 'err')));
  if (made.spec.blockers.length > 0) {
    output.err(refused(made.spec, context));
    return exit.refused;
  }
  return agreed(made, args, context, session);
}

async function agreed({ spec, selfService }: PortalPlan, args: Arguments, context: Context, session: Session): Promise<number> {
  if (permission[selfService]) context.output.err(`${permission[selfService]}\n`);
  const { intent, mode = 'clone' } = spec;
  const replaces = isMove(intent) || (intent === 'Restore' && mode !== 'clone');
  await assertAgreed(spec as Plan, args, context);
  const reason = flagText(args, 'reason');
  const operation = await session.client.startOperation(
    { plan: { id: spec.id, hash: spec.hash }, ...(reason !== undefined && { reason }), ...(replaces && { confirm: spec.application }) },
    crypto.randomUUID(),
    session.options(),
  );
  return watch(operation, args, context, session);
}
