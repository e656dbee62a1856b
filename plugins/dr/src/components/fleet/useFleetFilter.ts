import { useAnalytics } from '@backstage/core-plugin-api';
import { useSearchParameter } from '../../hooks/useSearchParameter.ts';
import type { Verdict } from '../verdict/verdicts.ts';
import { type FleetFilter, verdictFrom } from './selection.ts';

/** The filter lives in the address: a link to "what of team-shop is breached" can be sent to somebody. */
export function useFleetFilter() {
  const analytics = useAnalytics();
  const [verdict, setVerdict] = useSearchParameter('verdict');
  const [owner, setOwner] = useSearchParameter('owner');
  const [q, setQ] = useSearchParameter('q');
  const filter: FleetFilter = { verdict: verdictFrom(verdict), owner, q };
  return {
    filter,
    setVerdict: (next: Verdict | undefined) => {
      analytics.captureEvent('filter', 'dr fleet', { attributes: { verdict: next ?? 'all' } });
      setVerdict(next);
    },
    setOwner,
    setQ,
    clear: () => {
      setVerdict(undefined);
      setOwner(undefined);
      setQ(undefined);
    },
  };
}
