import type { ErrorCode } from '@kubectl-dr/core/errors';
import { DrError } from '@kubectl-dr/core/errors';

/** What the backend answered instead of a value, as the error it was there: name, code, message and hint. */
export async function errorOfResponse(response: Response): Promise<DrError> {
  const error = await bodyOf(response);
  const name = text(error.name) ?? nameOfStatus(response.status);
  const code = (text(error.code) ?? codeOfStatus(response.status)) as ErrorCode;
  return new DrError(
    name,
    code,
    text(error.message) ?? `The disaster recovery backend answered ${response.status} ${response.statusText}`,
    {
      ...(text(error.hint) !== undefined && { hint: text(error.hint) }),
      ...(text(error.cluster) !== undefined && { cluster: text(error.cluster) }),
      details: { ...(isRecord(error.details) ? error.details : {}), status: response.status },
    },
  );
}

/** The `error` of Backstage's error body; nothing when something else answered (a proxy's page). */
async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return isRecord(body) && isRecord(body.error) ? body.error : {};
  } catch {
    return {};
  }
}

function nameOfStatus(status: number): string {
  if (status === 401) return 'AuthenticationError';
  if (status === 403) return 'NotAllowedError';
  if (status === 404) return 'NotFoundError';
  if (status === 502 || status === 503 || status === 504) return 'ServiceUnavailableError';
  return 'Error';
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  return 'INTERNAL';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
