import type { AuditorService, LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import type { DrService } from '@kubectl-dr/core/service/port';

/**
 * Whose undo window has ended, its kept volumes are released: once for all replicas, every five minutes. What a cluster
 * that does not answer keeps, is released the next time.
 */
export async function scheduleUndoWindows(
  scheduler: SchedulerService,
  deps: { service: Pick<DrService, 'releaseExpired'>; auditor: AuditorService; logger: LoggerService },
): Promise<void> {
  await scheduler.scheduleTask({
    id: 'dr-undo-windows',
    frequency: { minutes: 5 },
    timeout: { minutes: 30 },
    initialDelay: { minutes: 1 },
    scope: 'global',
    fn: (signal) => endUndoWindows(deps, signal),
  });
}

async function endUndoWindows(
  { service, auditor, logger }: Parameters<typeof scheduleUndoWindows>[1],
  signal: Parameters<Parameters<SchedulerService['scheduleTask']>[0]['fn']>[0],
): Promise<void> {
  for (const { id, plan, undoUntil, release } of await service.releaseExpired({ name: 'portal' }, { signal: signal as AbortSignal })) {
    const meta = { operation: id, application: plan.application, planHash: plan.hash, actor: 'portal', undoUntil: undoUntil ?? '' };
    const event = await auditor.createEvent({ eventId: 'operation-confirm', severityLevel: 'medium', meta });
    if (release?.endedAt !== undefined) await event.success();
    else await event.fail({ error: new Error('it will be tried again') });
    logger.info(`The undo window of ${id} ended at ${undoUntil}: ${release?.endedAt === undefined ? 'not released yet' : 'released'}`);
  }
}
