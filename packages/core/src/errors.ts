/**
 * The errors of the product. Their names equal those of `@backstage/errors`, because Backstage's HTTP middleware
 * chooses the status by `error.name`; the CLI chooses the exit code by `code`.
 *
 * `message` is one sentence for a person: what failed, on which object, on which cluster. `hint` is the next action.
 */

/** Stable, machine-readable codes. A code is never renamed; add new ones at the end of their group. */
export type ErrorCode =
  // input
  | 'BAD_INPUT'
  | 'BAD_CATALOG'
  | 'DEPENDENCY_CYCLE'
  | 'BAD_CONFIG'
  // access
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'UNCLAIMED_PLACEMENT'
  | 'QUOTA'
  // absence
  | 'NOT_FOUND'
  | 'UNKNOWN_APPLICATION'
  | 'UNKNOWN_CLUSTER'
  | 'NO_ENGINE'
  | 'NO_POINT'
  // conflict
  | 'CONFLICT'
  | 'ALREADY_EXISTS'
  | 'PLAN_STALE'
  | 'PLAN_BLOCKED'
  | 'PLAN_EXPIRED'
  | 'OPERATION_RUNNING'
  | 'RESOURCE_EXPIRED'
  | 'OVERTAKEN'
  // dependencies
  | 'CLUSTER_UNREACHABLE'
  | 'CLUSTER_ERROR'
  | 'TOO_MANY_REQUESTS'
  | 'ENGINE_DOWN'
  | 'CONTENTS_UNREADABLE'
  | 'TIMEOUT'
  | 'UNSUPPORTED'
  // outcome
  | 'OPERATION_FAILED'
  | 'NOT_CONFIRMED'
  | 'INTERRUPTED'
  | 'INTERNAL';

export interface ErrorOptions {
  /** The next action, as a sentence or a command to type. */
  hint?: string;
  cause?: unknown;
  /** The cluster (as people call it) on which it happened. */
  cluster?: string;
  /** Facts for machines: status, verb, resource, holder of a lock, `said`: the server's own words. Never a secret. */
  details?: Record<string, unknown>;
}

/** Common to all copies of this module in one process, of which a bundle of several files has several. */
const mark = Symbol.for('kubectl-dr.dev/error');

export class DrError extends Error {
  readonly [mark] = true;
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly cluster?: string;
  readonly details?: Record<string, unknown>;

  constructor(name: string, code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = name;
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
    if (options.cluster !== undefined) this.cluster = options.cluster;
    if (options.details !== undefined) this.details = options.details;
  }

  /** Of any copy; subclasses are told apart as classes are. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this === DrError) return typeof value === 'object' && value !== null && mark in value;
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/** 400: the caller's input cannot be used as it is. */
export class InputError extends DrError {
  constructor(message: string, options: ErrorOptions & { code?: ErrorCode } = {}) {
    super('InputError', options.code ?? 'BAD_INPUT', message, options);
  }
}

/** 401: nobody, or a credential the cluster does not know. */
export class AuthenticationError extends DrError {
  constructor(message: string, options: ErrorOptions = {}) {
    super('AuthenticationError', 'UNAUTHENTICATED', message, options);
  }
}

/** 403: somebody who may not. */
export class NotAllowedError extends DrError {
  constructor(message: string, options: ErrorOptions & { code?: ErrorCode } = {}) {
    super('NotAllowedError', options.code ?? 'FORBIDDEN', message, options);
  }
}

/** 404. */
export class NotFoundError extends DrError {
  constructor(message: string, options: ErrorOptions & { code?: ErrorCode } = {}) {
    super('NotFoundError', options.code ?? 'NOT_FOUND', message, options);
  }
}

/** 409: the world is not (or no longer) as the caller assumed. */
export class ConflictError extends DrError {
  constructor(message: string, options: ErrorOptions & { code?: ErrorCode } = {}) {
    super('ConflictError', options.code ?? 'CONFLICT', message, options);
  }
}

/** 503: a cluster, an engine or a store did not answer, or answered that it cannot. Worth retrying. */
export class ServiceUnavailableError extends DrError {
  constructor(message: string, options: ErrorOptions & { code?: ErrorCode } = {}) {
    super('ServiceUnavailableError', options.code ?? 'CLUSTER_UNREACHABLE', message, options);
  }
}

/** 501: the thing asked for does not exist in this engine or cluster, and never will by waiting. */
export class NotImplementedError extends DrError {
  constructor(message: string, options: ErrorOptions = {}) {
    super('NotImplementedError', 'UNSUPPORTED', message, options);
  }
}

/** Whatever was thrown, as a DrError; an unknown one becomes INTERNAL and keeps its cause. */
export function asDrError(thrown: unknown): DrError {
  if (thrown instanceof DrError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DrError('Error', 'INTERNAL', message, { cause: thrown });
}
