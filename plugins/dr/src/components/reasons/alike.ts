import type { WireReason } from '@kubectl-dr/core/wire/common';

const weight: Record<WireReason['severity'], number> = { blocker: 0, critical: 1, warning: 2, info: 3 };

/** Worst first; the order of equals is kept. */
export const worstFirst = (reasons: readonly WireReason[]): WireReason[] =>
  [...reasons].sort((a, b) => weight[a.severity] - weight[b.severity]);

/** A reason, and the other components of which the same is said. */
export interface Told {
  reason: WireReason;
  alsoOf: string[];
}

/** From so many on, the same reason of several components is told once. */
const several = 3;

/** Worst first. "Never restored as a test" of eleven components is one line, not eleven. */
export function tellOnce(reasons: readonly WireReason[]): Told[] {
  const kindOf = ({ code, severity, component }: WireReason) => (component === undefined ? undefined : `${severity}/${code}`);
  const components = new Map<string, Set<string>>();
  for (const reason of reasons) {
    const kind = kindOf(reason);
    if (kind === undefined) continue;
    components.set(kind, (components.get(kind) ?? new Set()).add(reason.component!));
  }
  const told = new Set<string>();
  return worstFirst(reasons).flatMap((reason): Told[] => {
    const kind = kindOf(reason);
    const concerned = kind === undefined ? undefined : components.get(kind);
    if (kind === undefined || !concerned || concerned.size < several) return [{ reason, alsoOf: [] }];
    if (told.has(kind)) return [];
    told.add(kind);
    return [{ reason, alsoOf: [...concerned].filter((component) => component !== reason.component) }];
  });
}
