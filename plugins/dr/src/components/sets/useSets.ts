import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { joins, setsOf } from '@kubectl-dr/core/wire/sets-of';
import { useMemo } from 'react';
import type { PortalApplication } from '../../api/drApi.ts';
import { clusterNow } from '../../text/time.ts';

/** The sets that are made of several of these points, the newest first. */
export function useSets(application: PortalApplication, points: readonly WireRecoveryPoint[] | undefined): WireListedSet[] {
  return useMemo(
    () => setsOf(application, points ?? [], new Date(clusterNow(application.status.recoveryPoint))).filter(joins),
    [application, points],
  );
}
