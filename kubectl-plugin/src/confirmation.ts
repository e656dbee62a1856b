import { InputError } from '@kubectl-dr/core/errors';
import { isMove } from '@kubectl-dr/core/planning/intent';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { Context } from './context.ts';
import type { Arguments } from './definition.ts';
import { clean } from './output/terminal.ts';
import { wrap } from './output/text-width.ts';
import { repeated } from './repeat.ts';

/**
 * Asks to type the application's name before anything is written; `--yes` skips. `what` goes on after
 * "this": what it would do. NOT_CONFIRMED (exit 7) for another answer, and where nobody can be asked.
 */
export async function assertConfirmed(application: string, what: string, args: Arguments, context: Context): Promise<void> {
  if (args.flags.yes === true) return;
  const hint = repeated(context, ['--yes']);
  const sentence = wrap(`This ${what}.`, context.output.columns.err, '').join('\n');
  const question = `\n${sentence}\nType the name of the application (${clean(application)}) to go on: `;
  const answer = await context.ask(question, context.signal);
  if (answer === undefined) {
    const message = `this ${what}, and there is no terminal on which to confirm it; nothing was changed`;
    throw new InputError(message, { code: 'NOT_CONFIRMED', hint });
  }
  if (answer.trim() === application) return;
  const given = answer.trim() === '' ? 'no name was typed' : `"${answer.trim()}" is not "${application}"`;
  throw new InputError(`not confirmed: ${given}; nothing was changed`, { code: 'NOT_CONFIRMED', hint });
}

/** A plan that replaces what runs is asked about; one that only adds is not. */
export async function assertAgreed(plan: Plan, args: Arguments, context: Context): Promise<void> {
  const { mode, target, application, intent, request } = plan;
  if (isMove(intent)) {
    const lost = plan.dataLoss.filter(({ seconds, unknown }) => seconds > 0 || unknown).map(({ text }) => text);
    const risk = request.override === undefined ? '' : ', although the old copy may still run';
    const what = `lets ${application} go on at ${request.to ?? plan.home}${risk}, and loses ${lost.join(', ') || 'nothing'}`;
    return assertConfirmed(application, clean(what, 600), args, context);
  }
  if (mode === undefined || mode === 'clone') return;
  const what = { inPlace: 'the configuration and the data', dataOnly: 'the data', configOnly: 'the configuration' }[mode];
  const where = target.map(({ cluster, namespaces }) => `${namespaces.join(', ')} on ${cluster}`).join(' and ');
  await assertConfirmed(application, `replaces ${what} of ${plan.components.join(', ')} in ${clean(where)}`, args, context);
}
