import { engine } from '@kubectl-dr/core/engines/velero/index';
import type { Catalog } from '@kubectl-dr/core/ports/catalog';
import { ListReader } from '@kubectl-dr/core/service/list-reader';
import type { DrService } from '@kubectl-dr/core/service/port';
import { createDrService } from '@kubectl-dr/core/service/service';
import { systemClock } from '@kubectl-dr/core/system-clock';
import type { Sandbox } from '@kubectl-dr/sandbox';

/** The product over all clusters of a sandbox, as this process sees them. */
export function serviceOf(sandbox: Sandbox, catalog?: Catalog): DrService {
  const clusters = Object.values(sandbox.clusters).map(({ client }) => client);
  return createDrService({
    clusters,
    reader: new ListReader(clusters),
    engines: [engine],
    clock: systemClock,
    holder: 'me',
    ...(catalog && { catalog }),
  });
}
