import { ServiceUnavailableError } from '@kubectl-dr/core/errors';

/** What the host itself says about a caller. */
const refusals = new Set(['AuthenticationError', 'NotAllowedError', 'ServiceUnavailableError']);

/** A part of the host that fails is a dependency that is away, and told as one: ServiceUnavailableError. What it refuses stays as it said it. */
export async function fromHost<T>(part: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof Error && refusals.has(thrown.name)) throw thrown;
    throw new ServiceUnavailableError(`${part} of this portal does not answer, so nobody knows what you may do`, {
      code: 'TIMEOUT',
      cause: thrown,
      hint: 'Try again in a moment.',
    });
  }
}
