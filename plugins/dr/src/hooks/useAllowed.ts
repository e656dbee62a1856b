import { useApi } from '@backstage/core-plugin-api';
import { applicationKind } from '@kubectl-dr/backstage-plugin-dr-common';
import { drApiRef } from '../api/drApi.ts';
import { type MayAct, mayNothing } from '../components/operation/actions.ts';
import { fleetRhythm } from './rhythms.ts';
import { useLive } from './useLive.ts';

/** What the user may do with operations of these applications; nothing as long as it is not known. */
export function useAllowed(applications: readonly string[]): (application: string) => MayAct {
  const api = useApi(drApiRef);
  const names = [...new Set(applications)].sort();
  const read = async (): Promise<Map<string, MayAct>> => {
    const statuses = await Promise.all(names.map((name) => api.status(`${applicationKind}:default/${name}`)));
    return new Map(
      names.flatMap((name, index) => {
        const status = statuses[index]!;
        return status.kind === 'ready' ? [[name, status.application.allowed] as const] : [];
      }),
    );
  };
  const { data } = useLive(names.length === 0 ? undefined : `allowed ${names.join(' ')}`, read, fleetRhythm);
  return (name) => data?.get(name) ?? mayNothing;
}
