import { claimManifest } from '../application/claim-manifest.ts';
import { inventoryOf } from '../application/inventory.ts';
import { annotations, labels } from '../application/model.ts';
import { textAt } from '../application/raw.ts';
import { matches, parseSelector } from '../application/selector.ts';
import { DrError } from '../errors.ts';
import { nameFor } from '../planning/assemble.ts';
import { marksOf } from '../planning/diff/marks.ts';
import { isGenerated } from '../planning/controllers.ts';
import { inventoryOfCaptured, scopeOf } from '../planning/in-place/scope.ts';
import { kindsToRead, objectKey, readLive } from '../planning/live-objects.ts';
import type { CarrySource, Mapping, PlanRequest } from '../planning/model.ts';
import type { CopiedClaim, MovedObject, MovePart, MovePlace, Origin, PartData } from '../planning/move/inputs.ts';
import { isStoppable } from '../planning/move/arriving.ts';
import { type Place, assertCapturedOwner } from '../planning/places.ts';
import { candidatesFor, suits } from '../planning/select-point.ts';
import { arrivalWith } from '../planning/mapping.ts';
import { type Access, readTargetFacts } from '../planning/target-facts.ts';
import { accessForChecks, checksOf } from '../planning/verification.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Engine } from '../ports/engine.ts';
import { type KubeObject, type ResourceType, types } from '../ports/kubernetes.ts';
import type { ReplicationRequest } from '../ports/replication.ts';
import type { RecoveryPoint, Replication } from '../protection/model.ts';
import { type ClaimCopy, copiesOf, lossOf, refOf } from '../protection/replication.ts';
import type { Reason } from '../reason.ts';
import { engineNamespace } from './look.ts';
import type { PointUse } from './model.ts';
import { type Ground, type PlannerDeps, clientOf, contextOf, isExclusive } from './plan-ground.ts';

export interface MoveGround {
  deps: PlannerDeps;
  ground: Ground;
  request: PlanRequest & { to: string };
  mapping: Mapping;
  chosen: ReadonlySet<string>;
}

export interface ReadMove {
  place?: MovePlace;
  blockers: Reason[];
  warnings: Reason[];
  basis: Record<string, string>;
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
  const { application, assessment, fleet } = ground;
  const { cluster, namespace } = place;
  const options = signal ? { signal } : {};
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  const basis: Record<string, string> = {};
  const source = origin.reachable ? await liveSource(move, origin, signal) : await pointSource(move, place, signal);
  if (!source) {
    blockers.push(nothingTells(origin, cluster));
    return { blockers, warnings, basis };
  }
  const target = clientOf(deps, cluster);
  const served = await target.discover(options);
  const exclusive = isExclusive(assessment.applications, application, chosen, { cluster: origin.cluster, namespace: origin.namespace });
  const inventory = inventoryOfCaptured(source.objects, origin.namespace);
  const scopes = place.components.map((entry) => ({ name: entry.status.component.name, scope: scopeOf(entry, undefined, inventory) }));
  const own = ownOf(deps.engines);
  const taken = source.objects.filter(
    (object) =>
      object.metadata.namespace === origin.namespace &&
      isCarried(object) &&
      !own(object) &&
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

  const copies = copiesInto(ground, place);
  const clocks = new Map(fleet.clusters.filter(({ reachable }) => reachable).map(({ name, now }) => [name, new Date(now)]));
  const parts: MovePart[] = [];
  for (const entry of place.components) {
    const { status, labelSelector } = entry;
    const { name } = status.component;
    const found = inventory ? inventoryOf(entry, inventory) : { workloads: [], claims: [], references: [] };
    const point = pointFor(name, place);
    const data = await dataOf(
      move,
      { place, origin, name, claims: found.claims.map((claim) => claim.name), copies, clocks, point, source, live },
      signal,
    );
    blockers.push(...data.blockers);
    warnings.push(...data.warnings);
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
      exclusive: isExclusive(assessment.applications, application, chosen, place),
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
  };

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

  async function dataOf(
    { mapping: mapped }: MoveGround,
    about: {
      place: Place;
      origin: Origin;
      name: string;
      claims: string[];
      copies: readonly ClaimCopy[];
      clocks: ReadonlyMap<string, Date>;
      point: RecoveryPoint | undefined;
      source: Source;
      live: readonly KubeObject[];
    },
    stop?: AbortSignal,
  ): Promise<{ data: PartData; blockers: Reason[]; warnings: Reason[] }> {
    return partData(move, { ...about, mapping: mapped, volumes: await volumesOf(target, about.live, stop) }, stop);
  }
}

interface Source {
  objects: KubeObject[];
  from: CarrySource;
}

/** As it is now. What an engine works with in the namespace is left. */
async function liveSource({ deps }: MoveGround, { cluster, namespace }: Origin, signal?: AbortSignal): Promise<Source> {
  const client = clientOf(deps, cluster);
  const served = await client.discover(signal ? { signal } : {});
  const usual = kindsToRead([], served);
  const known = new Set(usual);
  const custom = served.filter((type) => type.namespaced && !known.has(type) && isCustom(type));
  const { objects } = await readLive(client, namespace, [...usual, ...custom], signal);
  return { objects, from: { cluster, namespace } };
}

/** Of a CustomResourceDefinition that somebody installed: their groups have a dot, and are not Kubernetes' own. */
function isCustom({ group }: ResourceType): boolean {
  return group.includes('.') && !group.endsWith('.k8s.io');
}

/** The newest point at the target that holds what runs. Its volumes may be left out: they come from elsewhere. */
async function pointSource({ deps, ground }: MoveGround, place: Place, signal?: AbortSignal): Promise<Source | undefined> {
  const uses = new Map(place.components.flatMap(({ status }) => candidatesFor(status, place)).map((use) => [use.point.id, use]));
  const usable = [...uses.values()]
    .filter(holdsConfiguration)
    .toSorted((a, b) => Date.parse(b.point.capturedAt!) - Date.parse(a.point.capturedAt!));
  for (const { point } of usable) {
    const engine = deps.engines.find(({ id, capabilities }) => capabilities.configuration && id === point.engine);
    const home = engine && engineNamespace(ground.assessment, place.cluster, engine.id);
    if (!engine || home === undefined) continue;
    try {
      const objects = await engine.objects(contextOf(deps, place.cluster, home, signal), point, [place.namespace]);
      assertCapturedOwner(place, objects);
      const { id, name, namespace, cluster } = point;
      return {
        objects,
        from: { engine: engine.id, engineNamespace: home, point: { id, name, namespace, cluster }, namespace: place.namespace },
      };
    } catch (error) {
      if (!(error instanceof DrError) || error.name === 'NotAllowedError') throw error;
    }
  }
  return undefined;
}

function holdsConfiguration(use: PointUse): boolean {
  const { point, usable, reasons } = use;
  if (!suits(use, 'clone') || point.safety || Number.isNaN(Date.parse(point.capturedAt ?? ''))) return false;
  if (point.phase !== 'Succeeded' && point.phase !== 'Degraded') return false;
  return usable !== 'no' || reasons.every(({ code }) => code.startsWith('VOLUME_'));
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

function nothingTells({ cluster, namespace }: Origin, to: string): Reason {
  return {
    code: 'CONFIGURATION_MISSING',
    severity: 'blocker',
    cluster: to,
    message: `nothing tells what runs in ${namespace}: ${cluster} does not answer, and no point with its objects has arrived at ${to}`,
    fix: 'let backups of it reach the other cluster (a shared location), or wait until its cluster answers',
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

/** PersistentVolumes of the claims that are there, which have to be kept. */
async function volumesOf(
  cluster: ClusterClient,
  live: readonly KubeObject[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, KubeObject>> {
  const names = live.flatMap((object) => (object.kind === 'PersistentVolumeClaim' ? (textAt(object, 'spec', 'volumeName') ?? []) : []));
  const found = await Promise.all(
    names.map(async (name) => {
      try {
        return [[name, await cluster.get({ type: types.persistentVolumes, name }, signal ? { signal } : {})] as const];
      } catch (error) {
        if (error instanceof DrError && (error.code === 'FORBIDDEN' || error.code === 'NOT_FOUND')) return [];
        throw error;
      }
    }),
  );
  return new Map(found.flat());
}

/** Where the data of one component comes from: its copies where each of its claims has one, else a point; the newer of both. */
async function partData(
  move: MoveGround,
  about: {
    place: Place;
    origin: Origin;
    name: string;
    claims: string[];
    copies: readonly ClaimCopy[];
    clocks: ReadonlyMap<string, Date>;
    point: RecoveryPoint | undefined;
    source: Source;
    live: readonly KubeObject[];
    volumes: ReadonlyMap<string, KubeObject>;
    mapping: Mapping;
  },
  signal?: AbortSignal,
): Promise<{ data: PartData; blockers: Reason[]; warnings: Reason[] }> {
  const { place, origin, name, claims, copies, clocks, point } = about;
  const { deps, request, ground } = move;
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  if (claims.length === 0) return { data: { kind: 'none' }, blockers, warnings };
  const planned = request.intent !== 'Failover';
  const found = claims.map((claim) => ({ claim, copy: copies.find((copy) => copy.claim === claim) }));
  const missing = found.filter(({ copy }) => copy === undefined || (planned && copy.source === undefined));
  const ids = new Set(found.flatMap(({ copy }) => copy?.engine ?? []));
  const engine = ids.size === 1 ? deps.engines.find(({ id, replicator }) => replicator && ids.has(id)) : undefined;
  if (missing.length > 0 || !engine) {
    if (!planned && point) return fromPoint(move, place, name, point, signal);
    blockers.push(
      notCopied(
        place,
        origin,
        name,
        missing.map(({ claim }) => claim),
        planned,
      ),
    );
    return { data: { kind: 'none' }, blockers, warnings };
  }
  const copied = found.map(({ claim, copy }): { about: CopiedClaim; copy: ClaimCopy } => {
    const { capturedAt, seconds } = lossOf(copy!, clocks);
    const captured = about.source.objects.find((object) => object.kind === 'PersistentVolumeClaim' && object.metadata.name === claim);
    const now = keptOf(about, claim);
    if (now.blocker) blockers.push({ ...now.blocker, component: name });
    const one: CopiedClaim = {
      claim,
      target: refOf(copy!.target!),
      ...(copy!.source && { source: refOf(copy!.source) }),
      ...(capturedAt !== undefined && { capturedAt }),
      ...(seconds !== undefined && { seconds }),
      ...(captured && { manifest: withoutMarks(claimManifest(arrivalWith(about.mapping).as(captured)), engine, place.namespace) }),
      ...(captured && { mapped: arrivalWith(about.mapping).adapt(captured, origin.namespace, place.namespace)?.fields ?? [] }),
      ...(now.kept && { now: now.kept }),
    };
    return { about: one, copy: copy! };
  });
  const oldest = copied.map(({ about: { capturedAt } }) => Date.parse(capturedAt ?? '')).toSorted((a, b) => a - b)[0];
  const empty = copied.some(({ copy }) => copy.target!.holds === false);
  if (!planned && point && (request.point !== undefined || empty || Date.parse(point.capturedAt ?? '') > (oldest ?? NaN)))
    return fromPoint(move, place, name, point, signal);
  if (!planned && copied.some(({ about }) => about.capturedAt === undefined)) warnings.push(ageUnknown(place.cluster, name));
  if (planned)
    blockers.push(
      ...copied
        .flatMap(({ copy }) => [copy.source!, copy.target!])
        .filter(({ paused }) => paused)
        .map((end) => rests(end, name)),
    );
  const promote = { name: 'look', targets: copied.map(({ about }) => about.target), labels: {}, annotations: {} };
  const where = contextOf(deps, place.cluster, place.namespace, signal);
  const foreseen = (await engine.replicator!.foresee?.(where, { promote })) ?? [];
  for (const reason of foreseen) (reason.severity === 'blocker' ? blockers : warnings).push({ ...reason, component: name });
  const reverse = reverseOf(ground, place, origin, name, copied);
  if (reverse) {
    for (const end of ['source', 'target'] as const) {
      const { cluster, namespace } = reverse[end];
      if (end === 'target' && !origin.reachable) continue;
      warnings.push(...((await engine.replicator!.foresee?.(contextOf(deps, cluster, namespace, signal), { render: reverse, end })) ?? []));
    }
  }
  return {
    data: { kind: 'copy', engine, claims: copied.map(({ about }) => about), ...(reverse && { reverse }) },
    blockers,
    warnings,
  };
}

async function fromPoint(
  { deps, ground, mapping }: MoveGround,
  place: Place,
  name: string,
  point: RecoveryPoint,
  signal?: AbortSignal,
): Promise<{ data: PartData; blockers: Reason[]; warnings: Reason[] }> {
  const engine = deps.engines.find(({ id, capabilities }) => capabilities.clone && id === point.engine);
  const home = engine && engineNamespace(ground.assessment, place.cluster, engine.id);
  if (!engine || home === undefined) return { data: { kind: 'none' }, blockers: [unknownEngine(place.cluster, point)], warnings: [] };
  const captured = await engine.objects(contextOf(deps, place.cluster, home, signal), point, [place.namespace]);
  assertCapturedOwner(place, captured);
  const { adapt } = arrivalWith(mapping);
  const entry = place.components.find(({ status }) => status.component.name === name);
  return {
    data: {
      kind: 'point',
      engine,
      engineNamespace: home,
      point,
      ...(entry?.labelSelector !== undefined && { labelSelector: entry.labelSelector }),
      rewrites: captured
        .filter(({ metadata }) => metadata.namespace === place.namespace)
        .flatMap((object) => adapt(object, place.namespace, place.namespace)?.rewrite ?? []),
      claims: [],
    },
    blockers: [],
    warnings: [],
  };
}

function unknownEngine(cluster: string, point: RecoveryPoint): Reason {
  return {
    code: 'NO_ENGINE',
    severity: 'blocker',
    cluster,
    message: `no engine on ${cluster} can bring ${point.name} back`,
    fix: `install ${point.engine} there`,
  };
}

/** Without what an engine writes on it at each sync: a plan would never be the same. */
function withoutMarks({ metadata, ...claim }: KubeObject, engine: Engine, namespace: string): KubeObject {
  const isMark = marksOf(engine);
  const { labels: its = {}, annotations: notes = {}, ...rest } = metadata;
  const [kept, said] = [its, notes].map((all) => Object.fromEntries(Object.entries(all).filter(([key]) => !isMark(key))));
  return {
    ...claim,
    metadata: {
      ...rest,
      namespace,
      ...(Object.keys(kept!).length > 0 && { labels: kept! }),
      ...(Object.keys(said!).length > 0 && { annotations: said! }),
    },
  };
}

/** A claim of that name that is at the target already, of an earlier stay. */
function keptOf(
  { place, live, volumes }: { place: Place; live: readonly KubeObject[]; volumes: ReadonlyMap<string, KubeObject> },
  claim: string,
): { kept?: CopiedClaim['now']; blocker?: Reason } {
  const there = live.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === claim);
  if (!there) return {};
  const { cluster, namespace } = place;
  const block = (code: Reason['code'], message: string, fix: string): { blocker: Reason } => ({
    blocker: { code, severity: 'blocker', cluster, message, evidence: [`PersistentVolumeClaim ${namespace}/${claim}`], fix },
  });
  const name = textAt(there, 'spec', 'volumeName');
  const volume = name === undefined ? undefined : volumes.get(name);
  if (name === undefined || textAt(there, 'status', 'phase') !== 'Bound')
    return block(
      'VOLUME_UNBOUND',
      `a claim ${claim} is on ${cluster} already, without a volume`,
      `delete it: kubectl --context ${cluster} -n ${namespace} delete pvc ${claim}`,
    );
  if (!volume)
    return block(
      'PERMISSION_MISSING',
      `the volume ${name} of ${claim} on ${cluster} cannot be read, so it cannot be kept`,
      'ask for the right to get and patch persistentvolumes',
    );
  const keeper = volume.metadata.annotations?.[annotations.keptBy];
  if (keeper !== undefined)
    return block(
      'VOLUME_KEPT',
      `the volume ${name} of ${claim} is kept by the operation ${keeper}`,
      `kubectl dr undo ${keeper}, or kubectl dr confirm ${keeper}`,
    );
  return {
    kept: {
      namespace,
      claim,
      volume: name,
      reclaimPolicy: textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') ?? 'Delete',
      uid: there.metadata.uid ?? '',
      manifest: claimManifest(there),
    },
  };
}

/** The same copy the other way round. */
function reverseOf(
  ground: Ground,
  place: Place,
  origin: Origin,
  name: string,
  copied: readonly { about: CopiedClaim; copy: ClaimCopy }[],
): ReplicationRequest | undefined {
  const { application } = ground;
  const claims = copied.flatMap(({ about: { manifest } }) => manifest ?? []);
  const every =
    copied.map(({ copy }) => copy.source?.interval ?? copy.target?.interval).find((interval) => interval !== undefined) ?? 300_000;
  if (claims.length === 0) return undefined;
  return {
    name: nameFor(`dr-${application.name}`, 30),
    source: { cluster: place.cluster, namespace: place.namespace },
    target: { cluster: origin.cluster, namespace: origin.namespace },
    claims,
    every,
    labels: { [labels.application]: nameFor(application.name), [labels.componentOf]: nameFor(name) },
    annotations: {
      ...(application.owner !== undefined && { [annotations.owner]: application.owner }),
      ...(application.entityRef !== undefined && { [annotations.entityRef]: application.entityRef }),
    },
  };
}

function notCopied(place: Place, { cluster }: Origin, component: string, claims: string[], planned: boolean): Reason {
  const what = claims.length === 1 ? `the volume ${claims[0]}` : `the volumes ${claims.join(', ')}`;
  return {
    code: 'VOLUME_NOT_REPLICATED',
    severity: 'blocker',
    component,
    cluster: place.cluster,
    message: `${what} of ${component} ${claims.length === 1 ? 'is' : 'are'} not copied from ${cluster} to ${place.cluster}${planned ? '' : ', and no usable point of it has arrived there'}`,
    evidence: claims.map((claim) => `PersistentVolumeClaim ${place.namespace}/${claim}`),
    fix: planned
      ? `let its policy copy it (replication: { to: ${place.cluster}, every: 5m }), or lose what is younger than a point: kubectl dr failover`
      : 'look which copies and points there are: kubectl dr get replications, kubectl dr get points',
  };
}

function rests({ name, namespace, cluster }: Replication, component: string): Reason {
  return {
    code: 'REPLICATION_PAUSED',
    severity: 'blocker',
    component,
    cluster,
    message: `the copy ${namespace}/${name} on ${cluster} is paused: nothing can be copied once more`,
    fix: `let it go on: kubectl --context ${cluster} -n ${namespace} describe ${name}`,
  };
}

function ageUnknown(cluster: string, component: string): Reason {
  return {
    code: 'REPLICATION_AGE_UNKNOWN',
    severity: 'warning',
    component,
    cluster,
    message: `nobody can tell how old the copy of ${component} on ${cluster} is, and so how much is lost`,
    fix: 'kubectl dr describe replication; or take a point: --point',
  };
}
