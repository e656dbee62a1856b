import type { LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { SignalMessage } from '@kubectl-dr/backstage-plugin-dr-common';
import { signalChannel } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Operation } from '@kubectl-dr/core/execution/model';

export interface Announcer {
  /** Open pages read again. Several of one kind within a moment are one. */
  signal(message: SignalMessage): void;
  /** The owner and whoever asked for it hear of its end. */
  ended(operation: Operation): void;
  /** The owner and the operators hear that somebody has to agree. */
  approvalWanted(operation: Operation): void;
}

/** Milliseconds in which changes of one thing are told once. */
const together = 500;

/** Signals and notifications are a courtesy: a portal without those plugins works without them. */
export function createAnnouncer(options: {
  signals: SignalsService;
  notifications: NotificationService;
  logger: LoggerService;
  /** Entity references of the operators. */
  operators: ReadonlySet<string>;
}): Announcer {
  const { signals, notifications, logger, operators } = options;
  const waiting = new Set<string>();
  const lost = (what: string) => (error: unknown) =>
    logger.debug(`${what} could not be sent: ${error instanceof Error ? error.message : String(error)}`);
  return {
    signal(message) {
      const key = JSON.stringify(message);
      if (waiting.has(key)) return;
      waiting.add(key);
      setTimeout(() => {
        waiting.delete(key);
        signals.publish({ recipients: { type: 'broadcast' }, channel: signalChannel, message }).catch(lost('a signal'));
      }, together).unref();
    },
    ended(operation) {
      const { plan, state, requestedBy } = operation;
      tell(operation, [plan.owner, requestedBy], {
        title: `${plan.intent} of ${plan.application}: ${state}`,
        severity: state === 'Succeeded' ? 'normal' : 'high',
      });
    },
    approvalWanted(operation) {
      const { plan, requestedBy } = operation;
      tell(operation, [plan.owner, ...operators], {
        title: `${requestedBy} asks for your approval: ${plan.intent} of ${plan.application}`,
        severity: 'high',
      });
    },
  };

  function tell(
    { id, message }: Operation,
    refs: readonly (string | undefined)[],
    payload: { title: string; severity: 'normal' | 'high' },
  ): void {
    const recipients = [...new Set(refs.filter((ref) => ref !== undefined && ref.includes(':')))] as string[];
    if (recipients.length === 0) return;
    notifications
      .send({
        recipients: { type: 'entity', entityRef: recipients },
        payload: {
          ...payload,
          ...(message !== undefined && { description: message }),
          link: `/dr?operation=${encodeURIComponent(id)}`,
          topic: 'dr',
          scope: id,
        },
      })
      .catch(lost('a notification'));
  }
}
