import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { recordAt, textAt } from '../../api/json.ts';

/** Labels that a claim has from restores and snapshots of before. */
const stale = new Set(['velero.io/restore-name', 'velero.io/backup-name', 'velero.io/volume-snapshot-name']);

/**
 * A bound claim as a backup keeps it (`backup_pv_action.go`): without the snapshot that it was made from, which may be gone when it
 * comes back, without the selector of its volume, and without stale labels.
 */
export function claimAsKept(claim: KubeObject): KubeObject {
  const bound = textAt(claim, 'status', 'phase') === 'Bound' && textAt(claim, 'spec', 'volumeName') !== '';
  if (!bound) return claim;
  const { dataSource: _, dataSourceRef: __, selector, ...spec } = recordAt(claim, 'spec');
  const labels = claim.metadata.labels && Object.fromEntries(Object.entries(claim.metadata.labels).filter(([name]) => !stale.has(name)));
  return {
    ...claim,
    metadata: { ...claim.metadata, ...(labels && { labels }) },
    spec: { ...spec, ...(spec.storageClassName === '' && selector !== undefined && { selector }) },
  };
}
