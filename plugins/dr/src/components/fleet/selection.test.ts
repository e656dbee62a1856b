import type { OwnerCounts, VerdictCounts } from '@kubectl-dr/backstage-plugin-dr-common';
import { inTrouble, verdictFrom } from './selection.ts';

const counts = (given: Partial<VerdictCounts>): VerdictCounts => ({
  Unknown: 0,
  Unprotected: 0,
  Breached: 0,
  AtRisk: 0,
  Unproven: 0,
  Protected: 0,
  ...given,
});

describe('the fleet', () => {
  it('names the owners to talk to, most trouble first, and nobody who has none', () => {
    const owners: OwnerCounts[] = [
      { owner: 'group:default/calm', total: 3, verdicts: counts({ Protected: 2, AtRisk: 1 }) },
      { owner: 'group:default/some', total: 9, verdicts: counts({ Protected: 8, Unknown: 1 }) },
      { total: 1, verdicts: counts({ Breached: 1 }) },
      { owner: 'group:default/most', total: 2, verdicts: counts({ Breached: 1, Unprotected: 1 }) },
    ];
    expect(inTrouble(owners).map(({ owner }) => owner)).toEqual(['group:default/most', 'group:default/some', undefined]);
  });

  it('takes a verdict only from what is one', () => {
    expect([verdictFrom('Breached'), verdictFrom('breached'), verdictFrom('constructor')]).toEqual(['Breached', undefined, undefined]);
  });
});
