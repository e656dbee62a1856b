import type { CompoundEntityRef } from '@backstage/catalog-model';
import type { CatalogProcessorEmit } from '@backstage/plugin-catalog-node';
import { processingResult } from '@backstage/plugin-catalog-node';
import type { EntityRef } from '@kubectl-dr/core/application/entity-ref';

/** Both directions, as the catalog wants them. */
export function emitPair(
  emit: CatalogProcessorEmit,
  from: CompoundEntityRef | EntityRef,
  to: CompoundEntityRef | EntityRef,
  [forward, backward]: readonly [string, string],
): void {
  emit(processingResult.relation({ source: from, type: forward, target: to }));
  emit(processingResult.relation({ source: to, type: backward, target: from }));
}
