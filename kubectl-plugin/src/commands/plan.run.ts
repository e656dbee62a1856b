import { writeFile } from 'node:fs/promises';
import type { PlanRequest } from '@kubectl-dr/core/planning/model';
import { planToWire } from '@kubectl-dr/core/wire/encode';
import type { Context } from '../context.ts';
import { flagList, flagText, resolvePath } from '../flags.ts';
import type { Arguments } from '../definition.ts';
import { drillRequest } from '../drill-request.ts';
import { exit } from '../exit-codes.ts';
import { moveIntents, moveRequest } from '../failover-request.ts';
import { planShown } from '../plan-shown.ts';
import { restoreRequest } from '../restore-request.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const components = flagList(args, 'component');
  const { INTENT: intent } = args.positionals;
  const request: PlanRequest =
    intent === 'restore'
      ? restoreRequest(args, 'plan')
      : intent === 'drill'
        ? drillRequest(args, 'plan')
        : intent !== undefined && Object.hasOwn(moveIntents, intent)
          ? moveRequest(args, 'plan', moveIntents[intent]!)
          : { intent: 'Backup', application: args.positionals.APP!, ...(components ? { components } : {}) };
  const plan = planToWire(await service.plan(request, await caller(), { signal: context.signal }));
  const file = flagText(args, 'out');
  if (file) await writeFile(resolvePath(context, file), `${JSON.stringify(plan, undefined, 2)}\n`);
  context.output.out(await planShown(plan, args, context));
  return plan.spec.blockers.length > 0 ? exit.refused : exit.done;
}
