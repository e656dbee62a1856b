import type { WireReason } from '@kubectl-dr/core/wire/common';
import { clean, paint } from './terminal.ts';
import type { Style } from './terminal.ts';

const style: Record<WireReason['severity'], Style> = { blocker: 'red', critical: 'red', warning: 'yellow', info: 'grey' };

/** Reason, evidence and next step, indented. */
export function reasonLines(reasons: readonly WireReason[], indent: string, color: boolean): string[] {
  return reasons.flatMap((reason) => [
    `${indent}${paint(color, style[reason.severity], reason.severity)} ${reason.code}: ${clean(reason.message, 400)}`,
    ...(reason.evidence ?? []).map((line) => `${indent}  seen: ${clean(line)}`),
    ...(reason.fix ? [`${indent}  next: ${clean(reason.fix)}`] : []),
  ]);
}
