import { DrError } from '@kubectl-dr/core/errors';

/** Ctrl-C: the reason with which every pending call ends. */
export class InterruptedError extends DrError {
  constructor() {
    super('InterruptedError', 'INTERRUPTED', 'interrupted');
  }
}
