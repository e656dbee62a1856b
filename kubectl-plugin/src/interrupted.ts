import { DrError } from '@kubectl-dr/core/errors';
import type { Arguments } from './definition.ts';
import { clean } from './output/terminal.ts';

/** Ctrl-C: the reason with which every pending call ends. */
export class InterruptedError extends DrError {
  constructor() {
    super('InterruptedError', 'INTERRUPTED', 'interrupted');
  }
}

/** How long a command may take to leave in good order before it is left as it is, milliseconds. */
const patience = 500;

/** Rejects with the reason of the signal, after what it ends has had a moment to end by itself. */
export function leftBehind(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const later = (): void => void setTimeout(() => reject(signal.reason as Error), patience).unref();
    if (signal.aborted) later();
    else signal.addEventListener('abort', later, { once: true });
  });
}

/** What is said when Ctrl-C comes before a command has begun anything; nothing to who only looks. */
export function untouched(command: string, { positionals, flags }: Arguments): string | undefined {
  const portal = typeof flags.portal === 'string' ? ` --portal ${flags.portal}` : '';
  const operation = clean(positionals.OPERATION ?? positionals['OPERATION|APP'] ?? '');
  switch (command) {
    case 'backup':
    case 'restore':
    case 'drill':
    case 'failover':
    case 'failback':
    case 'relocate':
    case 'apply':
    case 'undo':
    case 'confirm':
      return 'Interrupted: nothing was changed.\n';
    case 'policy':
      if (positionals.ACTION !== 'apply') return undefined;
      return 'Interrupted: what was written already stays, and the same command again does the rest.\n';
    case 'resume':
      return `Interrupted before it went on. Go on with: kubectl dr resume ${operation}${portal}\n`;
    case 'cancel':
    case 'approve':
    case 'reject':
      return `Interrupted: whether it was heard is told by: kubectl dr describe operation ${operation}${portal}\n`;
    case 'wait':
      if (flags.for === 'protected') return undefined;
      return `Interrupted: ${operation} goes on. Wait on with: kubectl dr wait ${operation}${portal}\n`;
    default:
      return undefined;
  }
}
