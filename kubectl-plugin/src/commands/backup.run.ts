import { planToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from '../context.ts';
import { flagList, flagText } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { exit } from '../exit-codes.ts';
import { reasonLines } from '../output/reasons.ts';
import { lookOf } from '../output/terminal.ts';
import { planShown } from '../plan-shown.ts';
import { start } from '../start.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const components = flagList(args, 'component');
  const plan = await service.plan(
    { intent: 'Backup', application: args.positionals.APP!, ...(components ? { components } : {}) },
    await caller(),
    {
      signal: context.signal,
    },
  );
  if (plan.blockers.length > 0) {
    context.output.err(`${reasonLines(plan.blockers, { indent: '', look: lookOf(context.output, 'err'), component: true }).join('\n')}\n`);
    return exit.refused;
  }
  if (flagText(args, 'dry-run')) {
    context.output.out(await planShown(planToWire(plan), args, context));
    if (flagText(args, 'dry-run') === 'server') await (await import('../tried.ts')).tried(plan, context);
    return exit.done;
  }
  return start(plan, args, context);
}
