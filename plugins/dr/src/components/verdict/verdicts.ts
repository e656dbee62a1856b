import type { WireApplication } from '@kubectl-dr/core/wire/application';

export type Verdict = WireApplication['status']['verdict'];

/** Worst first, as everywhere. */
export const verdictOrder: readonly Verdict[] = ['Unknown', 'Unprotected', 'Breached', 'AtRisk', 'Unproven', 'Protected'];

export type Tone = 'neutral' | 'danger' | 'warning' | 'info' | 'success';

export const verdictTone: Record<Verdict, Tone> = {
  Unknown: 'neutral',
  Unprotected: 'danger',
  Breached: 'danger',
  AtRisk: 'warning',
  Unproven: 'info',
  Protected: 'success',
};
