import type { LoggerService } from '@backstage/backend-plugin-api';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { SignalMessage } from '@kubectl-dr/backstage-plugin-dr-common';
import { signalChannel } from '@kubectl-dr/backstage-plugin-dr-common';
import type { Operation } from '@kubectl-dr/core/execution/model';
import type { VerdictNews } from '../verdicts/VerdictWatch.ts';

export interface Announcer {
  /** Open pages read again. Several of one kind within a moment are one. */
  signal(message: SignalMessage): void;
  /** The owner and whoever asked for it hear of its end. */
  ended(operation: Operation): void;
  /** The owner and the operators hear that somebody has to agree. */
  approvalWanted(operation: Operation): void;
  /** An owner hears which of their applications stopped meeting, or meet again, their objective. */
  verdicts(news: VerdictNews): void;
}

/** Applications that one message names. */
const mostNames = 5;

/** Milliseconds in which changes of one thing are told once. */
const together = 500;

type NotificationPayload = Parameters<NotificationService['send']>[0]['payload'];

/** Signals and notifications are a courtesy: a portal without those plugins works without them. */
export function createAnnouncer(options: {
  signals: SignalsService;
  notifications: NotificationService;
  logger: LoggerService;
  /** Entity references of the operators. */
  operators: ReadonlySet<string>;
  /** Whether the ends of operations, and wanted approvals, are told to anybody. */
  ofOperations: boolean;
}): Announcer {
  const { signals, notifications, logger, operators, ofOperations } = options;
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
    verdicts({ owner, standing, applications }) {
      const names = applications.map(({ name }) => name);
      const listed = names.slice(0, mostNames).join(', ') + (names.length > mostNames ? `, and ${names.length - mostNames} more` : '');
      const broken = standing === 'breached';
      const worst = applications.some(({ verdict }) => verdict === 'Unprotected') ? 'critical' : 'high';
      const messages = applications.slice(0, mostNames).flatMap(({ message }) => message ?? []);
      send([owner], {
        title: broken ? `Not recoverable as promised: ${listed}` : `Recoverable as promised again: ${listed}`,
        severity: broken ? worst : 'normal',
        ...(broken && messages.length > 0 && { description: messages.join('\n') }),
        link: names.length === 1 ? `/dr?q=${encodeURIComponent(names[0]!)}` : `/dr?owner=${encodeURIComponent(owner)}`,
        topic: 'dr',
      });
    },
  };

  function tell(
    { id, message }: Operation,
    refs: readonly (string | undefined)[],
    payload: { title: string; severity: 'normal' | 'high' },
  ): void {
    if (!ofOperations) return;
    send(refs, {
      ...payload,
      ...(message !== undefined && { description: message }),
      link: `/dr?operation=${encodeURIComponent(id)}`,
      topic: 'dr',
      scope: id,
    });
  }

  function send(refs: readonly (string | undefined)[], payload: NotificationPayload): void {
    const recipients = [...new Set(refs.filter((ref) => ref !== undefined && ref.includes(':')))] as string[];
    if (recipients.length === 0) return;
    notifications.send({ recipients: { type: 'entity', entityRef: recipients }, payload }).catch(lost('a notification'));
  }
}
