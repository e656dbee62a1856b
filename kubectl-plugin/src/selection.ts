import { reachesNamespace } from '@kubectl-dr/core/compliance/coverage';
import type { RecoveryPoint } from '@kubectl-dr/core/protection/model';
import type { ApplicationStatus, Fleet, PointUse } from '@kubectl-dr/core/service/model';

/** `-n`: applications that have a component in the namespace. */
export function inNamespace(applications: readonly ApplicationStatus[], namespace: string | undefined): ApplicationStatus[] {
  if (namespace === undefined) return [...applications];
  return applications.filter((status) =>
    status.application.components.some((component) => component.placements.some((placement) => placement.namespace === namespace)),
  );
}

/** `-n` and `--application` for points, newest first; with an application, whether each brings its components back. */
export function pointsOf(
  fleet: Pick<Fleet, 'points' | 'applications'>,
  filter: { namespace: string | undefined; application: string | undefined },
): { point: RecoveryPoint; use?: { component: string; use: PointUse }[] }[] {
  const reaches = ({ scope }: RecoveryPoint): boolean => filter.namespace === undefined || reachesNamespace(scope, filter.namespace);
  if (filter.application === undefined) {
    return fleet.points
      .filter(reaches)
      .sort(newestFirst)
      .map((point) => ({ point }));
  }
  const uses = new Map<string, { point: RecoveryPoint; use: { component: string; use: PointUse }[] }>();
  for (const application of fleet.applications) {
    for (const component of application.components) {
      for (const use of component.points) {
        const entry = uses.get(use.point.id) ?? { point: use.point, use: [] };
        entry.use.push({ component: component.component.name, use });
        uses.set(use.point.id, entry);
      }
    }
  }
  return [...uses.values()].filter((entry) => reaches(entry.point)).sort((a, b) => newestFirst(a.point, b.point));
}

/** Those that never started are placed by when they appeared. */
function newestFirst(a: RecoveryPoint, b: RecoveryPoint): number {
  const [first, second] = [a, b].map((point) => point.capturedAt ?? point.createdAt ?? '') as [string, string];
  return first === second ? (a.id < b.id ? -1 : 1) : first < second ? 1 : -1;
}
