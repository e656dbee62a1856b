import { kinds } from '@kubectl-dr/sandbox/simulators/velero/kinds';
import type { Standby } from './ground.ts';

/** The cluster with its default location told to look often, and to write nothing. */
export async function asStandby(standby: Standby): Promise<Standby> {
  const location = { type: kinds.locations, namespace: 'velero', name: 'default' };
  await standby.cluster.patch(location, 'merge', { spec: { accessMode: 'ReadOnly', backupSyncPeriod: '1s' } });
  return standby;
}
