import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { shortRef } from '../../text/shortRef.ts';
import { atTime } from '../../text/time.ts';
import type { Text } from '../../text/useText.ts';

/** `Restore of shop into shop-copy`. */
export function headlineOf({ spec }: WireOperation, t: Text): string {
  const title = t(`operation.title.${spec.intent}`, { application: spec.application });
  const namespaces = spec.target.flatMap((target) => target.namespaces).join(', ');
  return spec.intent === 'Backup' || namespaces === '' ? title : `${title} ${t('operation.intoNamespaces', { namespaces })}`;
}

/** `started by alice on 23 Nov 2026, 14:03`; the name that a cluster gave (`system:...`) stays as it is. */
export function startOf({ status }: WireOperation, t: Text): string {
  const who = status.requestedBy.startsWith('user:') ? shortRef(status.requestedBy) : status.requestedBy;
  return t('operation.by', { who, when: atTime(status.requestedAt) });
}
