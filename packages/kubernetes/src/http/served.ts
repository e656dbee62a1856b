import { asDrError } from '@kubectl-dr/core/errors';
import type { ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import type { Transport } from './transport.ts';

/**
 * Does the server have the type at all? It looks at rights first, so that whoever may list nothing is refused what is not
 * there as well; which types there are everybody may ask (`system:discovery`). True where that cannot be asked either.
 */
export async function isServed(transport: Transport, { group, version, resource }: ResourceType, signal?: AbortSignal): Promise<boolean> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const target = { verb: 'discover', what: path.slice(1) };
  try {
    const answer = (await transport.json({ method: 'GET', path, target, ...(signal ? { signal } : {}) })) as {
      resources?: { name?: string }[] | null;
    };
    return (answer.resources ?? []).some(({ name }) => name === resource);
  } catch (thrown) {
    return asDrError(thrown).code !== 'NOT_FOUND';
  }
}
