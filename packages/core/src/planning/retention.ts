import { timeOf } from '../application/raw.ts';
import type { Engine } from '../ports/engine.ts';
import type { RecoveryPoint } from '../protection/model.ts';
import type { ComponentStatus } from '../service/model.ts';
import { apiVersion } from '../wire/api-version.ts';
import { nameFor } from './assemble.ts';
import type { Change, Step } from './model.ts';
import type { Place } from './places.ts';

/**
 * Points of one component in one place whose time is over, of an engine that removes none by itself: those that its
 * policy keeps no longer, oldest first. The newest of the usable ones stay, so that with the `made` ones that the plan
 * makes before there are `keepAtLeast`; what is pinned stays; what no plan made is nobody's to remove.
 */
export function overdue(
  { component, points, policy }: ComponentStatus,
  { cluster, namespace, application }: Pick<Place, 'cluster' | 'namespace' | 'application'>,
  engine: Pick<Engine, 'id' | 'removePoint'>,
  { at, made }: { at: Date; made: number },
): RecoveryPoint[] {
  if (!engine.removePoint) return [];
  const own = points.filter(
    ({ point }) =>
      point.engine === engine.id &&
      point.cluster === cluster &&
      point.namespace === namespace &&
      point.application === nameFor(application) &&
      point.component === nameFor(component.name),
  );
  const good = own.filter(({ usable, point }) => usable === 'yes' && !point.safety).map(({ point }) => point);
  const stay = new Set(good.slice(0, Math.max(0, (policy?.retention.keepAtLeast ?? 1) - made)));
  return own
    .map(({ point }) => point)
    .filter((point) => {
      const expires = timeOf(point.expiresAt);
      return point.phase !== 'Deleting' && !point.pinned && !stay.has(point) && expires !== undefined && expires <= at.getTime();
    })
    .toReversed();
}

export function removalStep(point: RecoveryPoint, component: string, engineNamespace: string): Step {
  const { id, name, namespace, cluster, engine } = point;
  return {
    id: nameFor(`remove-${cluster}-${namespace}-${name}`, 240),
    title: `Remove ${name}, which expired`,
    cluster,
    component,
    action: { kind: 'point.remove', engine, engineNamespace, point: { id, name, namespace, cluster } },
  };
}

export function removalChange({ name, namespace, cluster, expiresAt, safety }: RecoveryPoint, component: string): Change {
  return {
    action: 'remove',
    cluster,
    apiVersion,
    kind: 'RecoveryPoint',
    namespace,
    name,
    component,
    why: `it expired at ${expiresAt}${safety ? '; it was made before a restore' : ''}`,
  };
}
