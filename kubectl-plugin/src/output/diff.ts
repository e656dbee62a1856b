import { counted } from '@kubectl-dr/core/text/counted';
import type { WireDiff } from '@kubectl-dr/core/wire/plan';
import { changeLines } from './changes.ts';
import { pointLines } from './plan.ts';
import { reasonLines } from './reasons.ts';
import type { Look } from './terminal.ts';
import { clean, paint } from './terminal.ts';

/** What differs between the point (`->`) and what runs, and what could not be compared. */
export function diffText(diff: WireDiff['spec'], look: Look): string {
  const differing = diff.changes.filter(({ action, why }) => action !== 'leave' || why !== undefined);
  const verdict =
    differing.length > 0
      ? `${counted(differing.length, 'object')} of ${diff.changes.length} differ`
      : `${counted(diff.changes.length, 'object')}, nothing differs`;
  return `${[
    paint(look.color, 'bold', `${clean(diff.application)}: ${verdict}${diff.points.length > 0 ? '; data is not compared' : ''}`),
    ...pointLines(diff, look),
    ...(diff.blockers.length > 0 ? ['', 'Not compared:', ...reasonLines(diff.blockers, { indent: '  ', look, component: true })] : []),
    ...changeLines(differing, diff.components, look, { left: true, title: 'What going back would do' }),
  ].join('\n')}\n`;
}
