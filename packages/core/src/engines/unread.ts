import type { ResourceType } from '../ports/kubernetes.ts';
import { resourceKey } from '../ports/kubernetes.ts';
import type { ClusterReading } from '../ports/reading.ts';
import type { Reason } from '../reason.ts';

/** What of an engine's types could not be read. One that is not served is no trouble: the engine is not there, or an older one is. */
export function unreadTypes({ cluster, failures }: ClusterReading, types: readonly ResourceType[]): Reason[] {
  return types.flatMap((type): Reason[] => {
    const error = failures.get(resourceKey(type));
    if (!error || error.code === 'NOT_FOUND') return [];
    const fix = error.hint !== undefined && { fix: error.hint };
    return [{ code: 'READING_FORBIDDEN', severity: 'warning', message: error.message, cluster, ...fix }];
  });
}
