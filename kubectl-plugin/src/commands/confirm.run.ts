import type { Operation } from '@kubectl-dr/core/execution/model';
import { assertConfirmable } from '@kubectl-dr/core/service/operations';
import { assertConfirmed } from '../confirmation.ts';
import type { Context } from '../context.ts';
import type { Arguments } from '../definition.ts';
import { follow } from '../follow.ts';

export async function run(args: Arguments, context: Context): Promise<number> {
  const { service, caller } = await context.fleet();
  const operation = await service.operation(args.positionals.OPERATION!);
  await proposeRelease(operation, args, context);
  context.leaving.says = `Interrupted while it was begun. Go on with: kubectl dr confirm ${operation.id}\n`;
  const who = await caller();
  return follow((signal) => service.confirm(operation.id, who, { signal }), args, context);
}

/** After it there is no way back, so it asks as a restore does. */
export async function proposeRelease(operation: Operation, args: Arguments, context: Context): Promise<void> {
  assertConfirmable(operation);
  await assertConfirmed(operation.plan.application, whatOf(operation), args, context);
}

function whatOf({ id, plan }: Operation): string {
  const kept = (plan.undo.release ?? [])
    .flat()
    .flatMap(({ action, cluster }) => (action.kind === 'volume.release' ? [{ ...action, cluster }] : []));
  const goes = ({ reclaimPolicy }: { reclaimPolicy: string }): string =>
    reclaimPolicy === 'Delete' ? 'is deleted with its data' : `is let go (reclaim policy ${reclaimPolicy})`;
  const volumes = kept.map((volume) => `${volume.volume} on ${volume.cluster}, the old volume of ${volume.claim}, ${goes(volume)}`);
  const copies = (plan.undo.release ?? [])
    .flat()
    .flatMap(({ action, cluster }) => (action.kind === 'copy.stop' ? [`${action.namespace} on ${cluster}`] : []));
  const fenced = new Set((plan.undo.release ?? []).flat().flatMap(({ action }) => (action.kind === 'fence.set' ? [action.of] : [])));
  const letIn = fenced.size > 0 ? `, and lets ${[...fenced].join(' and ')} write to its storage again` : '';
  if (copies.length > 0) return `stops the old copy of ${plan.application} in ${copies.join(' and ')}${letIn}`;
  return [`ends the time in which ${id} can be undone`, ...volumes].join('; ');
}
