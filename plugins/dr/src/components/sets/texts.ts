import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { shortSeconds } from '../../text/time.ts';
import type { Text } from '../../text/useText.ts';

/** How far apart the data of its components is, in short. */
export function skewText({ status }: WireListedSet, t: Text): string {
  return status.consistency === 'same' ? t('sets.same') : t('sets.apart', { skew: shortSeconds(status.skewSeconds) });
}

/** The same, held against what policies allow. */
export function consistencyText({ status: { consistency, skewSeconds, allowedSkewSeconds = 0 } }: WireListedSet, t: Text): string {
  return t(`sets.${consistency}`, { skew: shortSeconds(skewSeconds), allowed: shortSeconds(allowedSkewSeconds) });
}
