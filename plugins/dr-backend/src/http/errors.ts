import type { LoggerService } from '@backstage/backend-plugin-api';
import { DrError } from '@kubectl-dr/core/errors';
import type { ErrorRequestHandler } from 'express';
import type { Censor } from '../secrecy/Censor.ts';

/** What Backstage's middleware turns into the body: exactly these fields, never a cause. */
class PresentedError extends Error {
  readonly code: string;
  readonly statusCode?: number;

  constructor(name: string, code: string, message: string, more: Record<string, unknown> = {}) {
    super(message);
    this.name = name;
    this.code = code;
    for (const [field, value] of Object.entries(more)) if (value !== undefined) Object.assign(this, { [field]: value });
  }
}

/** Names by which Backstage's middleware chooses a status. */
const known = new Set([
  'InputError',
  'AuthenticationError',
  'NotAllowedError',
  'NotFoundError',
  'ConflictError',
  'NotImplementedError',
  'ServiceUnavailableError',
]);

/**
 * Errors as they may leave the process. Core's keep name, code, hint and details; Backstage's keep name and message; of
 * anything else only the log learns what it was.
 */
export function presentErrors(logger: LoggerService, censor: Censor): ErrorRequestHandler {
  return (thrown: unknown, request, _response, next) => {
    const log = () => logger.error(`${request.method} ${request.path} failed`, thrown instanceof Error ? thrown : undefined);
    next(censored(present(thrown, log), censor));
  };
}

function censored({ name, code, message, ...more }: PresentedError, censor: Censor): PresentedError {
  return new PresentedError(name, code, censor.text(message), censor.value(more));
}

function present(thrown: unknown, log: () => void): PresentedError {
  if (thrown instanceof DrError && thrown.code !== 'INTERNAL') {
    const { name, code, message, hint, cluster, details } = thrown;
    // An outcome that has no status of its own is the server's.
    return new PresentedError(name, code, message, { hint, cluster, details, ...(code === 'QUOTA' && { statusCode: 429 }) });
  }
  if (thrown instanceof Error && known.has(thrown.name)) {
    return new PresentedError(thrown.name, codeOf(thrown.name), thrown.message);
  }
  const status = (thrown as { status?: unknown } | undefined)?.status;
  const type = (thrown as { type?: unknown } | undefined)?.type;
  if (type === 'entity.parse.failed')
    return new PresentedError('InputError', 'BAD_INPUT', 'The body is not valid JSON', { statusCode: 400 });
  if (type === 'entity.too.large') return new PresentedError('InputError', 'BAD_INPUT', 'The body is too large', { statusCode: 413 });
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new PresentedError('InputError', 'BAD_INPUT', 'The request cannot be read', { statusCode: status });
  log();
  return new PresentedError('Error', 'INTERNAL', 'Something went wrong in the disaster recovery backend; its log tells what');
}

function codeOf(name: string): string {
  if (name === 'AuthenticationError') return 'UNAUTHENTICATED';
  if (name === 'NotAllowedError') return 'FORBIDDEN';
  if (name === 'NotFoundError') return 'NOT_FOUND';
  if (name === 'ConflictError') return 'CONFLICT';
  if (name === 'NotImplementedError') return 'UNSUPPORTED';
  if (name === 'ServiceUnavailableError') return 'TIMEOUT';
  return 'BAD_INPUT';
}
