import type { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import type { DrService } from '@kubectl-dr/core/service/port';

/** Whose undo window has ended, its kept volumes are released. What a cluster that does not answer keeps, is released the next time. */
export async function endUndoWindows(
  { service, auditor, logger }: { service: Pick<DrService, 'releaseExpired'>; auditor: AuditorService; logger: LoggerService },
  signal: AbortSignal,
): Promise<void> {
  for (const { id, plan, undoUntil, release } of await service.releaseExpired({ name: 'portal' }, { signal })) {
    const meta = { operation: id, application: plan.application, planHash: plan.hash, actor: 'portal', undoUntil: undoUntil ?? '' };
    const event = await auditor.createEvent({ eventId: 'operation-confirm', severityLevel: 'medium', meta });
    if (release?.endedAt !== undefined) await event.success();
    else await event.fail({ error: new Error('it will be tried again') });
    logger.info(`The undo window of ${id} ended at ${undoUntil}: ${release?.endedAt === undefined ? 'not released yet' : 'released'}`);
  }
}
