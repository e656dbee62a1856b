import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { shortRef } from '../../text/shortRef.ts';
import { atTime } from '../../text/time.ts';
import type { Text } from '../../text/useText.ts';

/** `Restore of shop into shop-copy and 2 more`. */
export function headlineOf({ spec }: WireOperation, t: Text): string {
  const title = t(`operation.title.${spec.intent}`, { application: spec.application });
  const [first, ...others] = spec.target.flatMap((target) => target.namespaces);
  if (spec.intent === 'Backup' || first === undefined) return title;
  const namespaces = others.length === 0 ? first : t('operation.andMore', { first, more: String(others.length) });
  return `${title} ${t('operation.intoNamespaces', { namespaces })}`;
}

/** `started by alice on 23 Nov 2026, 14:03`; the name that a cluster gave (`system:...`) stays as it is. */
export function startOf({ status }: WireOperation, t: Text): string {
  const who = status.requestedBy.startsWith('user:') ? shortRef(status.requestedBy) : status.requestedBy;
  return t('operation.by', { who, when: atTime(status.requestedAt) });
}
