import type { SchedulerService } from '@backstage/backend-plugin-api';

/** Something that is done again and again, by one replica at a time. */
export interface BackgroundTask {
  /** `dr-policies`; unique in the plugin. */
  id: string;
  /** Minutes between two rounds. */
  every: number;
  /** Minutes after which a round is given up, because its replica must have died. */
  timeout: number;
  /** Minutes before the first round: a new replica has to see its clusters and the whole catalog first. */
  delay: number;
  round(signal: AbortSignal): Promise<unknown>;
}

/** Each task once for all replicas. */
export async function scheduleOnOneReplica(scheduler: SchedulerService, tasks: readonly BackgroundTask[]): Promise<void> {
  for (const { id, every, timeout, delay, round } of tasks)
    await scheduler.scheduleTask({
      id,
      frequency: { minutes: every },
      timeout: { minutes: timeout },
      initialDelay: { minutes: delay },
      scope: 'global',
      fn: async (signal) => void (await round(signal as AbortSignal)),
    });
}
