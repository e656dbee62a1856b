import type { AuditorService, LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { Censor } from './Censor.ts';

/** The logger, told nothing that opens something. */
export function censoredLogger(logger: LoggerService, censor: Censor): LoggerService {
  type Meta = Parameters<LoggerService['info']>[1];
  const meta = (given: Meta): Meta => (given instanceof Error ? censor.error(given) : given && censor.value(given));
  return {
    error: (message, given) => logger.error(censor.text(message), meta(given)),
    warn: (message, given) => logger.warn(censor.text(message), meta(given)),
    info: (message, given) => logger.info(censor.text(message), meta(given)),
    debug: (message, given) => logger.debug(censor.text(message), meta(given)),
    child: (given) => censoredLogger(logger.child(given), censor),
  };
}

/** The auditor, likewise. */
export function censoredAuditor(auditor: AuditorService, censor: Censor): AuditorService {
  return {
    async createEvent({ meta, ...options }) {
      const event = await auditor.createEvent({ ...options, ...(meta && { meta: censor.value(meta) }) });
      return {
        success: (more) => event.success(more?.meta ? { meta: censor.value(more.meta) } : more),
        fail: ({ meta: more, ...failure }) =>
          event.fail({
            ...failure,
            ...('error' in failure && { error: censor.error(failure.error) }),
            ...(more && { meta: censor.value(more) }),
          } as Parameters<typeof event.fail>[0]),
      };
    },
  };
}

/** What people are sent, likewise. */
export function censoredNotifications(notifications: NotificationService, censor: Censor): NotificationService {
  return { send: ({ recipients, payload }) => notifications.send({ recipients, payload: censor.value(payload) }) };
}
