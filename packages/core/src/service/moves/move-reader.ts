import { inventoryOf } from '../../application/inventory.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import { isGenerated } from '../../planning/controllers.ts';
import { inventoryOfCaptured, scopeOf } from '../../planning/in-place/scope.ts';
import { kindsToRead, objectKey, readLive } from '../../planning/live-objects.ts';
import type { MovedObject, MovePart, MovePlace, Origin, PartData } from '../../planning/move/inputs.ts';
import { leftOut, namesPast } from '../../planning/left-out.ts';
import { isStoppable } from '../../planning/move/arriving.ts';
import { arrivalWith } from '../../planning/mapping.ts';
import { namesLeft } from '../../planning/namespace-names.ts';
import type { Place } from '../../planning/places.ts';
import type { SetSource } from '../../planning/recovery-set.ts';
import { type Access, readTargetFacts } from '../../planning/target-facts.ts';
import { accessForChecks, checksOf } from '../../planning/verification.ts';
import type { Engine } from '../../ports/engine.ts';
import { type KubeObject, type ResourceType, types } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import { type ClaimCopy, copiesOf } from '../../protection/replication.ts';
import type { Reason } from '../../reason.ts';
import { clocksAt } from '../now-at.ts';
import { type Ground, clientOf, isExclusive } from '../plan-ground.ts';
import { sourceOf } from './past.ts';
import { partData, volumesOf } from './data.ts';
import { findApplication } from '../look.ts';
import { formerIn } from './moved-places.ts';
import type { MoveGround } from './ground.ts';
import { liveSource, nothingTells, pointSource } from './source.ts';

export interface ReadMove {
  place?: MovePlace;
  blockers: Reason[];
  warnings: Reason[];
  basis: Record<string, string>;
  /** Of a failover: where else data could come from, component by component. */
  sources: SetSource[];
}

/** The point that would bring one component back at the target, and what is needed to take it. */
export type PointFor = (component: string, place: Place) => RecoveryPoint | undefined;

/** Copies that arrive in this place of the target. */
export function copiesInto({ fleet }: Pick<Ground, 'fleet'>, { cluster, namespace }: Pick<Place, 'cluster' | 'namespace'>): ClaimCopy[] {
  return copiesOf(fleet.replications).filter(({ target }) => target?.cluster === cluster && target.namespace === namespace);
}

/** Everything that one place of a move is decided by. Nothing is written. */
export async function readMove(
  move: MoveGround,
  place: Place,
  origin: Origin,
  pointFor: PointFor,
  signal?: AbortSignal,
): Promise<ReadMove> {
  const { deps, ground, chosen } = move;
  const { application, assessment } = ground;
  const { cluster } = place;
  /** Where it is written; the place itself is known by where it was captured. */
  const namespace = move.mapping.namespaces?.[place.namespace] ?? place.namespace;
  const options = signal ? { signal } : {};
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  const basis: Record<string, string> = {};
  const source = origin.reachable ? await liveSource(move, origin, signal) : await pointSource(move, place, signal);
  if (!source) {
    blockers.push(nothingTells(origin, cluster));
    return { blockers, warnings, basis, sources: [] };
  }
  const target = clientOf(deps, cluster);
  const served = await target.discover(options);
  const exclusive = isExclusive(assessment.applications, application, chosen, { cluster: origin.cluster, namespace: origin.namespace });
  const inventory = inventoryOfCaptured(source.objects, origin.namespace);
  const scopes = place.components.map((entry) => ({ name: entry.status.component.name, scope: scopeOf(entry, undefined, inventory) }));
  const own = ownOf(deps.engines);
  const former = formerIn(findApplication(assessment, application.name), assessment, chosen, origin).map((one) =>
    scopeOf(one, undefined, inventory),
  );
  const marked = place.components.flatMap(({ labelSelector, workloads }, index) =>
    (labelSelector ?? workloads) ? [scopes[index]!.scope] : [],
  );
  const taken = source.objects.filter(
    (object) =>
      object.metadata.namespace === origin.namespace &&
      isCarried(object) &&
      !own(object) &&
      (!former.some((scope) => scope.owns(object)) || marked.some((scope) => scope.owns(object))) &&
      (exclusive || scopes.some(({ scope }) => scope.owns(object))),
  );
  const observed = assessment.inventory.get(cluster)?.namespace(namespace)?.observed === true;
  const kinds = kindsToRead(taken, served);
  const live = observed ? (await readLive(target, namespace, kinds, signal)).objects : [];
  const byKey = new Map(live.map((object) => [objectKey(object), object]));
  const objects: MovedObject[] = taken.flatMap((object) => {
    const type = typeOf(served, object);
    const there = byKey.get(objectKey(object));
    const owners = scopes.filter(({ scope }) =>
      scope.workloads.some((workload) => `${workload.kind}/${workload.name}` === `${object.kind}/${object.metadata.name}`),
    );
    const component =
      owners[0]?.name ?? scopes.find(({ scope }) => place.components.length > 1 && scope.owns(object) && !isStoppable(object))?.name;
    // What is not served there is told by a check; its type is only a name then.
    return [{ object, type, ...(there && { live: there }), ...(component !== undefined && { component }) }];
  });
  for (const { live: there } of objects) if (there && isRunning(there)) blockers.push(runsThere(there, cluster, application.name));

  const copies = copiesInto(ground, { cluster, namespace });
  const clocks = clocksAt(ground);
  const volumes = await volumesOf(target, live, signal);
  const parts: MovePart[] = [];
  const sources: SetSource[] = [];
  const { as, remarks } = arrivalWith(move.mapping);
  const arrivals = taken.map(as);
  warnings.push(...namesLeft(arrivals, { cluster, source: origin.namespace, target: namespace }), ...remarks(taken, cluster));
  for (const entry of place.components) {
    const { status, labelSelector } = entry;
    const { name } = status.component;
    const found = inventory ? inventoryOf(entry, inventory) : { workloads: [], claims: [], references: [] };
    const claims = found.claims.map((claim) => claim.name);
    const point = pointFor(name, place);
    const data = await partData(
      move,
      { place, into: namespace, origin, name, claims, copies, clocks, point, source, live, volumes },
      signal,
    );
    blockers.push(...data.blockers);
    warnings.push(...data.warnings);
    if (move.request.intent === 'Failover' && claims.length > 0) {
      const other = await sourceOf(move, place, status, claims, copies, clocks, signal);
      sources.push(other);
      for (const reason of namesPast(move.request)
        ? leftOut(move.request, { component: name, cluster }, takenOf(data.data), other.newest)
        : [])
        (reason.severity === 'blocker' ? blockers : warnings).push(reason);
    }
    if (data.data.kind === 'copy') for (const { target: end } of data.data.claims) basis[`${cluster}/${end.id}`] = data.data.engine.id;
    if (data.data.kind === 'point') basis[`${cluster}/${data.data.point.id}`] = `${data.data.point.uid ?? ''} ${data.data.point.phase}`;
    const services = taken.filter(({ kind }) => kind === 'Service');
    parts.push({
      status,
      ...(labelSelector !== undefined && { labelSelector }),
      workloads: found.workloads,
      data: data.data,
      checks: checksOf(found.workloads, services, namespace),
    });
    if (origin.reachable) blockers.push(...unstoppable(origin, name, found.workloads));
  }
  const access: Access[] = [
    ...(observed ? [] : [{ verb: 'create', type: types.namespaces }]),
    ...[...new Map(objects.map(({ type }) => [`${type.group}/${type.resource}`, type])).values()].flatMap((type) =>
      ['create', 'patch'].map((verb) => ({ verb, type, namespace })),
    ),
    { verb: 'create', type: types.persistentVolumeClaims, namespace },
    ...accessForChecks(
      parts.flatMap(({ workloads }) => workloads),
      namespace,
    ),
  ];
  const facts = await readTargetFacts(target, { namespaces: [], served, access }, signal);
  basis[`${cluster}/namespace ${namespace}`] = observed ? 'exists' : 'absent';
  return {
    place: {
      cluster,
      namespace,
      exists: observed,
      exclusive: isExclusive(assessment.applications, application, chosen, { cluster, namespace }),
      origin,
      from: source.from,
      parts,
      objects,
      facts,
      namespaceLabels: {},
      ...(application.owner !== undefined && { owner: application.owner }),
    },
    blockers,
    warnings,
    basis,
    sources,
  };
}

/** Not younger than this is what is taken, milliseconds; NaN: nothing is. */
function takenOf(data: PartData): number {
  if (data.kind === 'point') return Date.parse(data.point.capturedAt ?? '');
  if (data.kind !== 'copy') return NaN;
  const times = data.claims.map(({ capturedAt }) => Date.parse(capturedAt ?? data.asOf ?? ''));
  return Math.min(...times);
}

/** As the target serves it; where it does not, only a name, which a check tells. */
function typeOf(all: readonly ResourceType[], { apiVersion, kind }: KubeObject): ResourceType {
  const [version, group = ''] = apiVersion.split('/').toReversed() as [string, string?];
  return (
    all.find((type) => type.kind === kind && type.group === group && type.version === version) ?? {
      ...(all.find((type) => type.kind === kind && type.group === group) ?? {
        resource: `${kind.toLowerCase()}s`,
        kind,
        namespaced: true,
      }),
      group,
      version,
    }
  );
}

const left = new Set(['PersistentVolumeClaim', 'Pod', 'ReplicaSet', 'Job', 'VolumeSnapshot', 'VolumeGroupSnapshot', 'Namespace']);

/** What has run does not run again, and data comes by its own way. */
function isCarried(object: KubeObject): boolean {
  return !isGenerated(object) && !left.has(object.kind);
}

/** What engines work with, and what belongs to those objects. */
function ownOf(engines: readonly Engine[]): (object: KubeObject) => boolean {
  const kinds = new Set(
    engines.flatMap((engine) => [...engine.kinds, ...(engine.restoreKinds ?? [])]).map(({ kind, group }) => `${group}/${kind}`),
  );
  const selectors = engines.flatMap(({ replicator }) => (replicator?.own === undefined ? [] : (parseSelector(replicator.own) ?? [])));
  return ({ apiVersion, kind, metadata }) => {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return (group !== '' && kinds.has(`${group}/${kind}`)) || (selectors.length > 0 && matches(selectors, metadata.labels));
  };
}

function isRunning(object: KubeObject): boolean {
  if (object.kind === 'Deployment' || object.kind === 'StatefulSet')
    return (object.spec as { replicas?: number } | undefined)?.replicas !== 0;
  return object.kind === 'DaemonSet';
}

function runsThere({ kind, metadata }: KubeObject, cluster: string, application: string): Reason {
  return {
    code: 'ALREADY_RUNS_THERE',
    severity: 'blocker',
    cluster,
    message: `${kind} ${metadata.namespace}/${metadata.name} of ${application} runs on ${cluster} already`,
    evidence: [`${kind} ${metadata.namespace}/${metadata.name}`],
    fix: `stop it first, and see what it has written: kubectl --context ${cluster} -n ${metadata.namespace} get pods`,
  };
}

/** What scaling to nothing does not stop. */
function unstoppable({ cluster, namespace }: Origin, component: string, workloads: MovePart['workloads']): Reason[] {
  return workloads
    .filter(({ kind, finished }) => !finished && (kind === 'DaemonSet' || kind === 'Pod' || kind === 'Job' || !isBuiltIn(kind)))
    .map(({ kind, name }) => ({
      code: 'WORKLOAD_CANNOT_STOP',
      severity: 'blocker',
      component,
      cluster,
      message: `${kind} ${name} cannot be scaled to nothing, so nobody can see that it stands still`,
      evidence: [`${kind} ${namespace}/${name}`],
      fix: `stop it by hand: kubectl --context ${cluster} -n ${namespace} delete ${kind.toLowerCase()} ${name}`,
    }));
}

function isBuiltIn(kind: string): boolean {
  return ['Deployment', 'StatefulSet', 'CronJob', 'ReplicaSet'].includes(kind);
}
