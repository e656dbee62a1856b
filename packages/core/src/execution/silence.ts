import { DrError } from '../errors.ts';
import type { ClusterClient } from '../ports/cluster.ts';

/** Throws where it gives no answer now. A time is no proof: a client that has had an answer before tells it without asking. */
export async function assertAnswers(cluster: Pick<ClusterClient, 'version'>, signal?: AbortSignal): Promise<void> {
  await cluster.version(signal ? { signal } : {});
}

/** The cluster was not reached, or is too busy: what was asked for may be had later. */
export function isSilence(error: unknown): boolean {
  return error instanceof DrError && error.name === 'ServiceUnavailableError';
}
