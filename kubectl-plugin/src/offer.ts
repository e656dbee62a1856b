import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import type { Context } from './context.ts';
import { clean } from './output/terminal.ts';
import { repeated } from './repeat.ts';

/** Of a blocked move that is possible without some components: the line that leaves them out, ready to be pasted. Else empty. */
export function offerLine({ partial, blockers, request, home }: WirePlan['spec'], context: Pick<Context, 'argv'>): string {
  if (!partial || partial.without.length === 0) return '';
  const { without } = partial;
  const line = repeated(
    context,
    without.flatMap((name) => ['--without', clean(name)]),
  );
  const others = blockers.some(({ component }) => component === undefined || !without.includes(component));
  const what = `without ${clean(without.join(' and '))}, which ${clean(request.to ?? home)} cannot run`;
  return `next: ${line}   (${what}${others ? '; what else is not met still has to be' : ''})\n`;
}
