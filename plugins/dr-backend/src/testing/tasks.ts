import type { SchedulerServiceTaskScheduleDefinition } from '@backstage/backend-plugin-api';
import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';

/** Instead of the scheduler of one replica: its tasks run when the test says so. */
export function tasksByHand() {
  const tasks = new Map<string, (signal: AbortSignal) => Promise<void>>();
  const feature = createServiceFactory({
    service: coreServices.scheduler,
    deps: {},
    factory: () =>
      ({
        scheduleTask: async ({
          id,
          fn,
        }: SchedulerServiceTaskScheduleDefinition & { id: string; fn: (signal: AbortSignal) => Promise<void> }) => void tasks.set(id, fn),
      }) as never,
  });
  return { feature, run: (id: string) => tasks.get(id)!(new AbortController().signal) };
}
