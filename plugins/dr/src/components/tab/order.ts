import type { WireComponentStatus } from '@kubectl-dr/core/wire/application';
import type { PortalApplication } from '../../api/drApi.ts';
import { verdictOrder } from '../verdict/verdicts.ts';

export interface ComponentRow {
  id: string;
  spec: PortalApplication['spec']['components'][number];
  status: WireComponentStatus | undefined;
}

/** What needs care comes first; the order of equals is the application's. */
export function componentsWorstFirst({ spec, status }: PortalApplication): ComponentRow[] {
  const byName = new Map(status.components.map((component) => [component.name, component]));
  const rank = (row: ComponentRow) => (row.status ? verdictOrder.indexOf(row.status.verdict) : -1);
  return spec.components
    .map((component) => ({ id: component.name, spec: component, status: byName.get(component.name) }))
    .sort((a, b) => rank(a) - rank(b));
}
