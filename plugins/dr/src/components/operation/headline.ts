import { isMove } from '@kubectl-dr/core/planning/intent';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { shortRef } from '../../text/shortRef.ts';
import { atTime } from '../../text/time.ts';
import type { Text } from '../../text/useText.ts';

/** `Restore of shop into shop-copy and 2 more`; `Restore of shop, in place: orders-db`; `Relocation of shop into shop-dr`. */
export function headlineOf({ spec }: WireOperation, t: Text): string {
  const title = t(`operation.title.${spec.intent}`, { application: spec.application });
  if (spec.intent === 'Restore' && spec.mode !== undefined && spec.mode !== 'clone')
    return `${title}, ${t(`operation.mode.${spec.mode}`, { components: spec.components.join(', ') })}`;
  // Of a move the clusters that it leaves are targets as well: something is stopped there.
  const reached = isMove(spec.intent) ? spec.target.filter(({ cluster }) => cluster === spec.home) : spec.target;
  const [first, ...others] = reached.flatMap((target) => target.namespaces);
  if (spec.intent === 'Backup' || first === undefined) return title;
  const namespaces = others.length === 0 ? first : t('operation.andMore', { first, more: String(others.length) });
  return `${title} ${t('operation.intoNamespaces', { namespaces })}`;
}

/** `requested by alice on 23 Nov 2026, 14:03, approved by bob`; the name that a cluster gave (`system:...`) stays as it is. */
export function startOf({ status }: WireOperation, t: Text): string {
  const name = (who: string): string => (who.startsWith('user:') ? shortRef(who) : who);
  const asked = t('operation.by', { who: name(status.requestedBy), when: atTime(status.requestedAt) });
  return status.approvedBy === undefined ? asked : `${asked}, ${t('operation.approvedBy', { who: name(status.approvedBy) })}`;
}
