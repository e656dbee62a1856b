import { useApi } from '@backstage/core-plugin-api';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { drApiRef } from '../api/drApi.ts';
import { isOver } from '../components/operation/states.ts';
import { type Live, useLive } from './useLive.ts';

/** Follows one operation until it is over: every two seconds, or when a signal says so. */
export function useOperation(id: string | undefined): Live<WireOperation> {
  const api = useApi(drApiRef);
  return useLive(id, (signal) => api.operation(id!, signal), {
    seconds: (operation) => (operation && isOver(operation.status.state) && !isReleasing(operation) ? undefined : 2),
    wakes: (message) => message.type === 'operation' && message.id === id,
  });
}

const isReleasing = ({ status: { release } }: WireOperation): boolean => release !== undefined && release.endedAt === undefined;
