import type { WireReason } from '@kubectl-dr/core/wire/common';
import { wrap, wrapStep } from './text-width.ts';
import type { Look, Style } from './terminal.ts';
import { clean, nextStep, paint } from './terminal.ts';

const style: Record<WireReason['severity'], Style> = { blocker: 'red', critical: 'red', warning: 'yellow', info: 'grey' };
const order = ['blocker', 'critical', 'warning', 'info'];

/** Among equals, what is about the whole application comes before what is about a component. */
export function worstFirst(reasons: readonly WireReason[]): WireReason[] {
  const rank = ({ severity, component }: WireReason): number => order.indexOf(severity) * 2 + (component === undefined ? 0 : 1);
  return reasons.toSorted((a, b) => rank(a) - rank(b));
}

/** Reason and next step, with `evidence` what was seen, each line after `indent`. */
export function reasonLines(
  reasons: readonly WireReason[],
  options: { indent: string; look: Look; evidence?: boolean; component?: boolean },
): string[] {
  const { indent, look } = options;
  const width = look.width === undefined ? undefined : Math.max(40, look.width - indent.length);
  const block = (text: string, hang: string): string[] => wrap(text, width, hang).map((line) => `${indent}${line}`);
  return worstFirst(reasons).flatMap((reason) => {
    const who = options.component && reason.component ? `${clean(reason.component)}: ` : '';
    const [first, ...rest] = block(`${reason.severity} ${reason.code}: ${who}${clean(reason.message, 600)}`, '  ');
    return [
      first!.replace(reason.severity, paint(look.color, style[reason.severity], reason.severity)),
      ...rest,
      ...(options.evidence ? (reason.evidence ?? []) : []).flatMap((line) => block(`  seen: ${clean(line)}`, '        ')),
      ...(reason.fix ? wrapStep(`  next: ${nextStep(reason.fix)}`, width, '        ').map((line) => `${indent}${line}`) : []),
    ];
  });
}
