import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { VerdictWatch } from './VerdictWatch.ts';

/** `dr.notifications.verdicts`: every minute, on one of the replicas. */
export async function scheduleVerdicts(scheduler: SchedulerService, watch: Pick<VerdictWatch, 'judge'>): Promise<void> {
  await scheduler.scheduleTask({
    id: 'dr-verdicts',
    frequency: { minutes: 1 },
    timeout: { minutes: 5 },
    initialDelay: { minutes: 2 },
    scope: 'global',
    fn: () => watch.judge(),
  });
}
