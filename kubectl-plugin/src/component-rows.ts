import type { WireApplication, WireComponentStatus } from '@kubectl-dr/core/wire/application';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';

/** A component with its status, as `get components` lists it. */
export interface ComponentRow {
  apiVersion: string;
  kind: 'Component';
  metadata: { name: string; application: string };
  spec: WireApplication['spec']['components'][number];
  status: WireComponentStatus;
}

/** Of all applications; with `namespace` those that have a place there. */
export function componentRows(applications: readonly WireApplication[], namespace?: string): ComponentRow[] {
  return applications.flatMap((app) => {
    const specs = new Map(app.spec.components.map((component) => [component.name, component]));
    return app.status.components.flatMap((status) => {
      const spec = specs.get(status.name);
      if (!spec || (namespace !== undefined && !spec.placements.some((place) => place.namespace === namespace))) return [];
      return [{ apiVersion, kind: 'Component' as const, metadata: { name: status.name, application: app.metadata.name }, spec, status }];
    });
  });
}
