import { volumeOf } from '../../compliance/usable.ts';
import { isPortable } from '../../planning/failover.ts';
import { choiceOf } from '../../planning/moment.ts';
import type { Mapping, PlanRequest } from '../../planning/model.ts';
import { candidatesFor, lacksVolumesOnly, openCandidates } from '../../planning/select-point.ts';
import type { Assessment } from '../assess.ts';
import { contentsOf } from '../in-place-reader.ts';
import { engineNamespace } from '../look.ts';
import type { ApplicationStatus, ComponentStatus, PointUse } from '../model.ts';
import type { Ground, PlannerDeps } from '../plan-ground.ts';

/** Opens points, the newest of each part first, until one is found whose data can be had at the target, or none is left. */
export async function readUntilPortable(deps: PlannerDeps, lay: () => Ground, assessment: Assessment, signal?: AbortSignal): Promise<void> {
  const looked = new Set<string>();
  for (;;) {
    const { request, now, places } = lay();
    const choice = choiceOf(request.point, request.pins ? new Date(request.at) : now);
    const next = places.flatMap((place) =>
      place.components.flatMap(({ status }) => {
        const found = openCandidates(candidatesFor(status, place), choice).find(({ point }) => !looked.has(point.id));
        return found ? [found.point] : [];
      }),
    );
    if (next.length === 0) return;
    for (const { id } of next) looked.add(id);
    const points = [...new Map(next.map((point) => [point.id, point])).values()];
    await deps.contents.read(points, ({ cluster, engine, namespace }) => engineNamespace(assessment, cluster, engine) ?? namespace, signal);
  }
}

/**
 * A point whose volumes are snapshots in the other cluster's storage brings nothing back here, however whole it is there. `arrives`: of
 * which components that is so; those that run here have their snapshots here. `isCopied`: volumes
 * (`namespace/claim`) whose data is here besides.
 */
export function withPortableOnly(
  status: ApplicationStatus,
  contents: PlannerDeps['contents'],
  to: string,
  arrives: (component: string) => boolean = () => true,
  isCopied: (volume: string) => boolean = () => false,
): ApplicationStatus {
  const judged = (use: PointUse): PointUse => {
    const volumes = contentsOf(contents.get(use.point.id))?.volumes ?? [];
    const kept = volumes.filter(
      (volume) => volume.state === 'captured' && !isPortable(volume.method) && !isCopied(`${volume.namespace}/${volume.claim}`),
    );
    // Its volumes come from elsewhere, and the rest is there.
    if (lacksVolumesOnly(use) && kept.length === 0 && use.reasons.every((reason) => isCopied(volumeOf(reason) ?? '')))
      return { point: use.point, usable: 'yes', reasons: [] };
    if (use.usable !== 'yes' || kept.length === 0) return use;
    return {
      ...use,
      usable: 'no',
      reasons: [
        {
          code: 'VOLUME_NOT_PORTABLE',
          severity: 'warning',
          cluster: to,
          message: `${use.point.name} holds ${kept.map(({ claim }) => claim).join(', ')} as snapshots in the storage of another cluster`,
        },
      ],
    };
  };
  return {
    ...status,
    components: status.components.map((one) => (arrives(one.component.name) ? { ...one, points: one.points.map(judged) } : one)),
  };
}

/** What the policies of the components say of the target, and over that what was asked for. */
export function mappingOf({ storageClasses, hosts, nodeLabels }: PlanRequest, components: readonly ComponentStatus[], to: string): Mapping {
  const said = components.flatMap(({ policy }) => policy?.mapping?.[to] ?? []);
  const merged = (name: keyof Mapping, asked: Record<string, string> | undefined): Mapping => {
    const all = Object.assign({}, ...said.map((mapping) => mapping[name]), asked) as Record<string, string>;
    return Object.keys(all).length > 0 ? { [name]: all } : {};
  };
  return { ...merged('storageClasses', storageClasses), ...merged('hosts', hosts), ...merged('nodeLabels', nodeLabels) };
}
