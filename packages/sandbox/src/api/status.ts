import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';

type Named = { group: string; resource: string };
type Kinded = { group: string; kind: string };

export interface StatusCause {
  reason?: string;
  message: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  /** The plural resource, or the kind for 422: as the real server fills it. */
  kind?: string;
  uid?: string | undefined;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** A failure as the API tells it. Thrown anywhere below `fetch`, answered as a `Status` object. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details?: StatusDetails;
  readonly metadata: Record<string, string>;

  constructor(code: number, reason: string, message: string, details?: StatusDetails, metadata: Record<string, string> = {}) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.metadata = metadata;
    if (details !== undefined) this.details = details;
  }

  status(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.metadata,
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

/** What `details` say of one object. */
export function about(type: Named, name: string): StatusDetails {
  return { ...(name === '' ? {} : { name }), ...(type.group === '' ? {} : { group: type.group }), kind: type.resource };
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

export function forbidden(type: Named, name: string, why: string, causes?: StatusCause[]): ApiError {
  const what = name === '' ? `${resourceKey(type)} is forbidden` : `${resourceKey(type)} "${name}" is forbidden`;
  return new ApiError(403, 'Forbidden', `${what}: ${why}`, { ...about(type, name), ...(causes === undefined ? {} : { causes }) });
}

export function notFound(type: Named, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${resourceKey(type)} "${name}" not found`, about(type, name));
}

/** The path, the type or the subresource does not exist at all. */
export function notServed(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(method: string): ApiError {
  return new ApiError(405, 'MethodNotAllowed', `the server does not allow this method on the requested resource: ${method}`, {});
}

export function notAcceptable(accepted: string[]): ApiError {
  return new ApiError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${accepted.join(', ')}`, {});
}

export function alreadyExists(type: Named, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${resourceKey(type)} "${name}" already exists`, about(type, name));
}

export function conflict(
  type: Named,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): ApiError {
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${resourceKey(type)} "${name}": ${why}`, about(type, name));
}

/** 410: this version of the past is no longer remembered. List again, or go on with `token` in a list that is not consistent. */
export function expired(message: string, token?: string): ApiError {
  return new ApiError(410, 'Expired', message, undefined, token === undefined ? {} : { continue: token });
}

export function unsupportedMediaType(message: string): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', message);
}

export interface FieldError {
  field: string;
  reason: `FieldValue${'Required' | 'Invalid' | 'Forbidden' | 'NotSupported' | 'TypeInvalid' | 'TooLong' | 'TooMany' | 'Duplicate' | 'NotFound'}`;
  /** Without the field's name in front. */
  message: string;
}

export function invalid(type: Kinded, name: string, errors: FieldError[]): ApiError {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  const texts = errors.map((error) => `${error.field}: ${error.message}`);
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(type.group === '' ? {} : { group: type.group }),
    ...(type.kind === '' ? {} : { kind: type.kind }),
    causes: errors.map(({ field, reason, message }) => ({ reason, message, field })),
  });
}

export function tooLargeVersion(asked: number, current: number): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** What this small API leaves out, said plainly. */
export function notImplemented(what: string): ApiError {
  return new ApiError(501, 'NotImplemented', `the sandbox does not support ${what}`);
}

export function success(details: StatusDetails): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
