import { claimManifest } from '../../application/claim-manifest.ts';
import { annotations, labels } from '../../application/model.ts';
import { textAt } from '../../application/raw.ts';
import { DrError } from '../../errors.ts';
import { nameFor } from '../../planning/assemble.ts';
import { namesPast } from '../../planning/left-out.ts';
import type { CopiedClaim, Origin, PartData } from '../../planning/move/inputs.ts';
import { type Place, assertCapturedOwner } from '../../planning/places.ts';
import { arrivalWith } from '../../planning/mapping.ts';
import type { ClusterClient } from '../../ports/cluster.ts';
import { type KubeObject, types } from '../../ports/kubernetes.ts';
import type { ReplicationRequest, Replicator } from '../../ports/replication.ts';
import type { RecoveryPoint, Replication } from '../../protection/model.ts';
import { type ClaimCopy, lossOf, refOf } from '../../protection/replication.ts';
import type { Reason } from '../../reason.ts';
import { contentsOf } from '../in-place-reader.ts';
import { engineNamespace } from '../look.ts';
import { type Ground, contextOf } from '../plan-ground.ts';
import { type PartAbout, keptOf, withoutMarks } from './claims.ts';
import { lastBackup } from './capture.ts';
import { copyAsOf } from './past.ts';
import type { MoveGround } from './ground.ts';

/** PersistentVolumes of the claims that are there, which have to be kept. */
export async function volumesOf(
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
export async function partData(
  move: MoveGround,
  about: PartAbout,
  signal?: AbortSignal,
): Promise<{ data: PartData; blockers: Reason[]; warnings: Reason[] }> {
  const { place, into, origin, name, claims, copies, clocks } = about;
  const { deps, request, ground } = move;
  const blockers: Reason[] = [];
  const warnings: Reason[] = [];
  if (claims.length === 0) return { data: { kind: 'none' }, blockers, warnings };
  const planned = request.intent !== 'Failover';
  const point = about.point && holdsAll(deps, about.point, place, claims) ? about.point : undefined;
  const found = claims.map((claim) => ({ claim, copy: copies.find((copy) => copy.claim === claim) }));
  const missing = found.filter(({ copy }) => copy === undefined || (planned && copy.source === undefined));
  const ids = new Set(found.flatMap(({ copy }) => copy?.engine ?? []));
  const engine = ids.size === 1 ? deps.engines.find(({ id, replicator }) => replicator && ids.has(id)) : undefined;
  if (missing.length > 0 || !engine) {
    if (!planned && point) return fromPoint(move, about, point, signal);
    if (planned && point && origin.reachable) {
      const last = await lastBackup(move, about, point, signal);
      if (last) return last;
    }
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
      ...(captured && { manifest: withoutMarks(claimManifest(arrivalWith(move.mapping).as(captured)), engine, into) }),
      ...(captured && { mapped: arrivalWith(move.mapping).adapt(captured, origin.namespace, into)?.fields ?? [] }),
      ...(now.kept && { now: now.kept }),
    };
    return { about: one, copy: copy! };
  });
  const oldest = copied.map(({ about: { capturedAt } }) => Date.parse(capturedAt ?? '')).toSorted((a, b) => a - b)[0];
  const empty = copied.some(({ copy }) => copy.target!.holds === false);
  let claimsOfThen: CopiedClaim[] | undefined;
  if (namesPast(request)) {
    if (point && (point.name === request.point || point.id === request.point)) return fromPoint(move, about, point, signal);
    // A copy is of now: whoever names a moment (before something was encrypted, say) must not be given what came after it.
    const past = await copyAsOf(move, engine, place, name, copied, signal);
    if (point && !(past.atLeast > Date.parse(point.capturedAt ?? ''))) return fromPoint(move, about, point, signal);
    claimsOfThen = past.claims;
    blockers.push(...past.blockers);
    warnings.push(...past.warnings);
  } else if (!planned) {
    if (point && (empty || Date.parse(point.capturedAt ?? '') > (oldest ?? NaN))) return fromPoint(move, about, point, signal);
    if (copied.some(({ about }) => about.capturedAt === undefined)) warnings.push(ageUnknown(place.cluster, name));
  }
  if (planned)
    blockers.push(
      ...copied
        .flatMap(({ copy }) => [copy.source!, copy.target!])
        .filter(({ paused }) => paused)
        .map((end) => rests(end, name)),
    );
  const promote = { name: 'look', targets: copied.map(({ about }) => about.target), labels: {}, annotations: {} };
  const where = contextOf(deps, place.cluster, into, signal);
  const foreseen = await foreseenBy(engine.replicator!, where, { promote });
  for (const reason of foreseen) (reason.severity === 'blocker' ? blockers : warnings).push({ ...reason, component: name });
  const reverse = reverseOf(ground, { cluster: place.cluster, namespace: into }, origin, name, copied);
  if (reverse) {
    for (const end of ['source', 'target'] as const) {
      const { cluster, namespace } = reverse[end];
      if (end === 'target' && !origin.reachable) continue;
      warnings.push(...(await foreseenBy(engine.replicator!, contextOf(deps, cluster, namespace, signal), { render: reverse, end })));
    }
  }
  return {
    data: {
      kind: 'copy',
      engine,
      claims: claimsOfThen ?? copied.map(({ about }) => about),
      ...(claimsOfThen && move.asOf && { asOf: move.asOf.toISOString() }),
      ...(reverse && { reverse }),
    },
    blockers,
    warnings,
  };
}

/** What it may not read is told with all that whoever executes may not do. */
async function foreseenBy(replicator: Replicator, ...asked: Parameters<NonNullable<Replicator['foresee']>>): Promise<Reason[]> {
  try {
    return (await replicator.foresee?.(...asked)) ?? [];
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return [];
    throw error;
  }
}

/** Is the data of each claim in it? One that was not looked into may hold it. */
function holdsAll({ contents }: MoveGround['deps'], { id }: RecoveryPoint, { namespace }: Place, claims: readonly string[]): boolean {
  const volumes = contentsOf(contents.get(id))?.volumes;
  return (
    !volumes ||
    claims.every((claim) => volumes.some((one) => one.namespace === namespace && one.claim === claim && one.state === 'captured'))
  );
}

async function fromPoint(
  { deps, ground, mapping }: MoveGround,
  about: PartAbout,
  point: RecoveryPoint,
  signal?: AbortSignal,
): Promise<{ data: PartData; blockers: Reason[]; warnings: Reason[] }> {
  const { place, into, name, claims } = about;
  const engine = deps.engines.find(({ id, capabilities }) => capabilities.clone && id === point.engine);
  const home = engine && engineNamespace(ground.assessment, place.cluster, engine.id);
  if (!engine || home === undefined) return { data: { kind: 'none' }, blockers: [unknownEngine(place.cluster, point)], warnings: [] };
  const captured = await engine.objects(contextOf(deps, place.cluster, home, signal), point, [place.namespace]);
  assertCapturedOwner(place, captured);
  const { adapt } = arrivalWith(mapping);
  // An engine leaves out what is there already: it makes room, and is kept.
  const before = claims.map((claim) => ({ claim, ...keptOf(about, claim) }));
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
        .flatMap((object) => adapt(object, place.namespace, into)?.rewrite ?? []),
      claims: before.map(({ claim, kept }) => ({ claim, ...(kept && { now: kept }) })),
    },
    blockers: before.flatMap(({ blocker }) => (blocker ? [{ ...blocker, component: name }] : [])),
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

/** The same copy the other way round. */
function reverseOf(
  ground: Ground,
  place: Pick<Place, 'cluster' | 'namespace'>,
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
      ? `let its policy copy it (replication: { to: ${place.cluster}, every: 5m }); or let a backup that moves its data go once to a location that ${place.cluster} reads: kubectl dr backup; or lose what is younger than a point: kubectl dr failover`
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
