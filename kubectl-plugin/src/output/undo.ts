import type { Operation } from '@kubectl-dr/core/execution/model';
import type { Step } from '@kubectl-dr/core/planning/model';
import { labelled } from './plan.ts';
import { wrap } from './text-width.ts';
import type { Look } from './terminal.ts';
import { clean, paint } from './terminal.ts';

/** What an undo would do, what is lost by it first: everything that was written to the new volumes. */
export function undoText({ id, plan, endedAt, startedAt, requestedAt }: Operation, steps: readonly Step[], look: Look): string {
  const line = (label: string, text: string): string[] => labelled(label, text, look);
  // A volume that goes takes with it what was written since, whether an older one comes back in its place or not.
  const rolled = new Set(
    steps.flatMap(({ action, component }) =>
      action.kind === 'volume.rebind' || action.kind === 'claim.discard' ? [component ?? action.claim] : [],
    ),
  );
  const loss =
    rolled.size > 0
      ? `what was written to ${clean([...rolled].join(', '))} since ${endedAt ?? startedAt ?? requestedAt}`
      : 'none: no data goes back';
  const [first, ...more] = line('Data loss', loss);
  return [
    paint(look.color, rolled.size > 0 ? 'red' : 'bold', first!),
    ...more,
    ...line('Plan', `Undo ${clean(id)}: ${clean(plan.intent.toLowerCase())} of ${clean(plan.application)}`),
    ...plan.target.flatMap(({ cluster, namespaces }) => line('Into', clean(`${namespaces.join(', ')} on ${cluster}`))),
    ...(plan.undo.possible ? [] : line('But', clean(plan.undo.text, 600))),
    '',
    'Steps:',
    ...steps.flatMap((step) => wrap(`  - [${clean(step.cluster)}] ${clean(step.title)}`, look.width, '    ')),
    '',
  ].join('\n');
}
