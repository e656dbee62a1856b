import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { Reconciler } from './Reconciler.ts';

/** `dr.policies.mode: apply`: every five minutes, on one of the replicas. */
export async function schedulePolicies(scheduler: SchedulerService, reconciler: Pick<Reconciler, 'run'>): Promise<void> {
  await scheduler.scheduleTask({
    id: 'dr-policies',
    frequency: { minutes: 5 },
    timeout: { minutes: 30 },
    // A new replica has to see its clusters and the whole catalog first.
    initialDelay: { minutes: 2 },
    scope: 'global',
    fn: async (signal) => void (await reconciler.run(signal as AbortSignal)),
  });
}
