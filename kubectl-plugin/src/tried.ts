import { engines } from '@kubectl-dr/core/engines/registry.generated';
import { tryAtServers } from '@kubectl-dr/core/execution/try-at-servers';
import type { Plan } from '@kubectl-dr/core/planning/model';
import type { Context } from './context.ts';

/** `--dry-run=server`: says how many writes of the plan the servers would take. Throws what they refuse with. */
export async function tried(plan: Plan, context: Context): Promise<void> {
  const { clusters } = await context.fleet();
  const { asked, left } = await tryAtServers(plan, { clusters, engines, clock: context.clock, signal: context.signal });
  const rest = left === 0 ? '' : `; ${left} that need what comes before them were not asked`;
  context.output.err(`The servers would take ${asked} of ${asked + left} writes${rest}. Nothing was written.\n`);
}
