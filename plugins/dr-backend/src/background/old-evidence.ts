import type { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import type { DrService } from '@kubectl-dr/core/service/port';

/** Evidence that is older than it has to be kept, and that newer evidence stands in for, is removed, and each is audited. */
export async function removeOldEvidence(
  {
    service,
    auditor,
    logger,
    keepFor,
  }: {
    service: Pick<DrService, 'removeOldEvidence'>;
    auditor: AuditorService;
    logger: LoggerService;
    /** Where a policy does not say it, milliseconds. */
    keepFor?: number | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  const removed = await service.removeOldEvidence(
    { name: 'portal' },
    {
      ...(keepFor !== undefined && { keepFor }),
      onLeft: ({ id }, { message }) => logger.warn(`The evidence of ${id} is older than it has to be kept, and is still there: ${message}`),
      signal,
    },
  );
  for (const { id, plan, endedAt, evidence } of removed) {
    const meta = { operation: id, application: plan.application, actor: 'portal', endedAt: endedAt ?? '', hash: evidence?.hash ?? '' };
    const event = await auditor.createEvent({ eventId: 'operation-remove', severityLevel: 'medium', meta });
    await event.success();
    logger.info(`The evidence of ${id}, which ended at ${endedAt}, was removed: newer evidence is kept`);
  }
}
