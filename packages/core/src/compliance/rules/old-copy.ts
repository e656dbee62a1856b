import type { Reason } from '../../reason.ts';
import { type Facts, because } from '../facts.ts';

/** A failover went on without knowing whether what it left stands still, and nobody has looked since. */
export function oldCopyUnchecked(facts: Facts): Reason | undefined {
  const [copy] = facts.oldCopies ?? [];
  if (!copy) return undefined;
  return because(facts, {
    code: 'OLD_COPY_UNCHECKED',
    severity: 'warning',
    message: `nobody has seen yet that ${facts.component.name} stands still on ${copy.clusters.join(', ')}, which ${copy.operation} left`,
    evidence: [`operation: ${copy.operation}`],
    fix: `kubectl dr confirm ${copy.operation}`,
  });
}
