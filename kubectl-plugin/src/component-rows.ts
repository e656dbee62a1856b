import type { WireApplication } from '@kubectl-dr/core/wire/application';
import { apiVersion } from '@kubectl-dr/core/wire/api-version';
import type { WireComponent } from '@kubectl-dr/core/wire/command-line';

/** Of all applications; with `namespace` those that have a place there. */
export function componentRows(applications: readonly WireApplication[], namespace?: string): WireComponent[] {
  return applications.flatMap((app) => {
    const specs = new Map(app.spec.components.map((component) => [component.name, component]));
    return app.status.components.flatMap((status) => {
      const spec = specs.get(status.name);
      if (!spec || (namespace !== undefined && !spec.placements.some((place) => place.namespace === namespace))) return [];
      return [{ apiVersion, kind: 'Component' as const, metadata: { name: status.name, application: app.metadata.name }, spec, status }];
    });
  });
}
