import type { Reason } from '../reason.ts';
import type { PlanDraft } from './assemble.ts';
import { planClone } from './clone.ts';
import { type CloneInputs, broughtBy } from './clone-inputs.ts';
import { isGenerated } from './controllers.ts';
import { words } from './in-place/figures.ts';
import { leftOut, namesPast } from './left-out.ts';
import type { DataLoss, Mapping, Plan, Step } from './model.ts';
import { deployedFromGit } from './move/git-ops.ts';
import type { Origin } from './move/inputs.ts';
import { recoverySets, skewOf, skewReasons, sourceOfPoints, timeOfPoint } from './recovery-set.ts';
import { newestOf } from './select-point.ts';
import { stopCopy } from './stop-copy.ts';

export interface FailoverInputs extends CloneInputs {
  origins: readonly Origin[];
  mapping: Mapping;
}

/**
 * The application goes on at another cluster, from the newest usable point that has arrived there. The copy that it leaves is
 * stopped first, and seen to be stopped. Where its cluster does not answer nobody can know, so that somebody has to take the
 * risk by name (`request.override`); then the old copy stays to be stopped, by the plan's release, as soon as it answers.
 */
export function planFailover(inputs: FailoverInputs): PlanDraft {
  const { request, origins, mapping, now } = inputs;
  const copy = planClone({ ...inputs, request: { ...request, isolate: false } });
  const silent = [...new Set(origins.filter(({ reachable }) => !reachable).map(({ cluster }) => cluster))];
  const blockers = [...copy.blockers, ...portable(inputs)];
  const warnings = [...copy.warnings, ...deployed(inputs)];
  const times = copy.points.flatMap((point) => timeOfPoint(point.component, point));
  const skew = skewOf(times);
  const sets = recoverySets(
    inputs.places.flatMap((place) => place.components.map(({ status }) => sourceOfPoints(status, place))),
    now,
  );
  for (const reason of [...leftBehind(inputs), ...skewReasons(times, inputs.components)])
    (reason.severity === 'blocker' ? blockers : warnings).push(reason);
  for (const cluster of silent) {
    if (request.override === undefined) blockers.push(mayBeAlive(cluster, request.application));
    else warnings.push(risk(cluster, request.override));
  }
  const stop = (accepted: string | undefined, id: string): Step[] =>
    origins.map((origin) => stopCopy(request.application, origin, id, accepted));
  const target = [...copy.target];
  for (const { cluster, namespace } of origins) {
    const known = target.find((each) => each.cluster === cluster);
    if (known) known.namespaces = [...new Set([...known.namespaces, namespace])];
    else target.push({ cluster, namespaces: [namespace] });
  }
  const there = request.to ?? inputs.home;
  return {
    ...copy,
    intent: 'Failover',
    request: { ...copy.request, isolate: false },
    target,
    waves: [stop(request.override, 'stop'), ...copy.waves].filter((wave) => wave.length > 0),
    dataLoss: lossOf(inputs, copy),
    ...(skew > 0 && { skewSeconds: skew }),
    ...(Object.keys(mapping).length > 0 && { mapping }),
    ...(sets.length > 0 && { sets }),
    blockers,
    warnings,
    undo: {
      text: `delete what was made on ${there}, and start the old copy again: the annotation kubectl-dr.dev/replicas tells how many of each there were`,
      possible: false,
      ...(silent.length > 0 && { release: [stop(undefined, 'stop-old')] }),
    },
  };
}

/** By the clock of the cluster that it goes to: what was written since the capture does not come along. */
function lossOf({ components, now }: FailoverInputs, { points }: Pick<Plan, 'points'>): DataLoss[] {
  return components.flatMap(({ component: { name } }) => {
    const ages = points
      .filter(({ component }) => component === name)
      .map(({ capturedAt }) => Math.round((now.getTime() - Date.parse(capturedAt)) / 1000))
      .filter((seconds) => Number.isFinite(seconds));
    // Without a point everything would be lost, which a blocker says.
    if (ages.length === 0) return [];
    const seconds = Math.max(0, ...ages);
    return [{ component: name, seconds, text: seconds > 0 ? `${words(seconds)} of ${name}` : `nothing of ${name}` }];
  });
}

function leftBehind({ request, places }: FailoverInputs): Reason[] {
  if (!namesPast(request)) return [];
  return places.flatMap((place) =>
    place.components.flatMap(({ status }) => {
      const { name } = status.component;
      const taken = Date.parse(place.points.get(name)?.capturedAt ?? '');
      return leftOut(request, { component: name, cluster: place.cluster }, taken, sourceOfPoints(status, place).newest);
    }),
  );
}

/** By the newest point of each place: of what was written by hand, for controllers pass marks on to what they make of it. */
function deployed({ places, origins }: FailoverInputs): Reason[] {
  return places.flatMap((place) => {
    const newest = newestOf([...place.points.values()]);
    const own = newest
      ? broughtBy(place, newest).filter((object) => object.metadata.namespace === place.namespace && !isGenerated(object))
      : [];
    const here = origins.filter(({ namespace }) => namespace === place.namespace);
    return here.flatMap((origin) => deployedFromGit(origin, place.cluster, own));
  });
}

/** A snapshot in the storage of one cluster is not to be had on another. `arrives`: which components come from there. */
export function portable({ places }: Pick<CloneInputs, 'places'>, arrives: (component: string) => boolean = () => true): Reason[] {
  return places.flatMap(({ cluster, namespace, points, contents, copies }) => {
    const copied = new Set([...copies.values()].flatMap(({ claims }) => claims.map(({ claim }) => claim)));
    return [...new Set([...points].flatMap(([component, point]) => (arrives(component) ? [point] : [])))].flatMap((point): Reason[] => {
      const kept = (contents.get(point.id)?.volumes ?? []).filter(
        ({ namespace: own, claim, state, method }) =>
          own === namespace && state === 'captured' && !isPortable(method) && !copied.has(claim),
      );
      if (kept.length === 0) return [];
      return [
        {
          code: 'VOLUME_NOT_PORTABLE',
          severity: 'blocker',
          cluster,
          message: `${point.name} holds ${kept.map(({ claim }) => claim).join(', ')} as snapshots in the storage of the cluster that made it: ${cluster} cannot get at them`,
          evidence: kept.map(({ claim }) => `PersistentVolumeClaim ${namespace}/${claim}`),
          fix: 'let backups move the data (snapshotMoveData) or copy files; or choose another point: kubectl dr get points',
        },
      ];
    });
  });
}

/** Whether the data lies where both clusters reach it. */
export function isPortable(method: string): boolean {
  return method === 'data-mover' || method === 'file-system';
}

export function mayBeAlive(cluster: string, application: string): Reason {
  return {
    code: 'SOURCE_MAY_BE_ALIVE',
    severity: 'blocker',
    cluster,
    message: `${cluster} does not answer, so nobody can know whether ${application} still runs and writes there`,
    fix: 'switch it off or cut it off, and say what was done: --override "power of rack 3 is cut"; or wait until it answers',
  };
}

export function risk(cluster: string, override: string): Reason {
  return {
    code: 'SPLIT_BRAIN_RISK',
    severity: 'warning',
    cluster,
    message: `two copies may run until ${cluster} answers; what the old one still writes is lost`,
    evidence: [`accepted: ${override}`],
    fix: 'stop the old copy as soon as its cluster is back: kubectl dr confirm OPERATION',
  };
}
