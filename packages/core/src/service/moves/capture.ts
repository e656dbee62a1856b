import { claimManifest } from '../../application/claim-manifest.ts';
import { annotations, labels } from '../../application/model.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import { boundedName } from '../../engines/bounded-name.ts';
import { nameFor, stampOf } from '../../planning/assemble.ts';
import { arrivalWith } from '../../planning/mapping.ts';
import type { CapturedClaim, PartData } from '../../planning/move/inputs.ts';
import { candidatesFor } from '../../planning/select-point.ts';
import type { BackupRequest } from '../../ports/engine.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import { contentsOf } from '../in-place-reader.ts';
import { engineNamespace } from '../look.ts';
import { type PartAbout, keptOf, withoutMarks } from './claims.ts';
import type { MoveGround } from './ground.ts';
import { contextOf } from '../plan-ground.ts';

/**
 * What is not copied continuously moves without loss by a last backup, made when nothing writes any more. That this will work has to be
 * seen before anything is stopped: an earlier `point` of the same component has come from the source to the target, with the data of
 * each claim moved out of the storage. Undefined where that is not so.
 */
export async function lastBackup(
  { deps, ground, request, mapping }: MoveGround,
  about: PartAbout,
  point: RecoveryPoint,
  signal?: AbortSignal,
): Promise<{ data: PartData; blockers: Reason[]; warnings: Reason[] } | undefined> {
  const { place, into, origin, name, claims, source } = about;
  const engine = deps.engines.find(({ id, movesAtRest }) => movesAtRest && id === point.engine);
  const [there, here] = [origin, place].map(({ cluster }) => engine && engineNamespace(ground.assessment, cluster, engine.id));
  if (!engine || there === undefined || here === undefined) return undefined;
  const arrived = await arrivedWith(ground, deps, { engine: engine.id, engineNamespace: here }, about, signal);
  if (!arrived) return undefined;
  const { original, sizes } = arrived;
  const entry = place.components.find(({ status }) => status.component.name === name);
  const { labelSelector } = entry ?? {};
  const live = claims.map((claim) =>
    source.objects.find(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === claim),
  );
  const { adapt, as } = arrivalWith(mapping);
  const blockers: Reason[] = [];
  const taken = claims.map((claim, index): CapturedClaim => {
    const object = live[index];
    const now = keptOf(about, claim);
    if (now.blocker) blockers.push({ ...now.blocker, component: name });
    const bytes = sizes.get(claim);
    return {
      claim,
      ...(object && { manifest: withoutMarks(claimManifest(as(object)), engine, into) }),
      ...(object && { mapped: adapt(object, origin.namespace, into)?.fields ?? [] }),
      ...(bytes !== undefined && { bytes }),
      ...(now.kept && { now: now.kept }),
    };
  });
  const selectors = labelSelector === undefined ? [] : parseSelector(labelSelector);
  const unlabelled = claims.filter((_, index) => !live[index] || !selectors || !matches(selectors, live[index].metadata.labels));
  const strangers = labelSelector === undefined && place.components.length > 1;
  if (unlabelled.length > 0 || strangers)
    blockers.push(notByItself(origin.cluster, origin.namespace, name, strangers ? claims : unlabelled));
  const { application } = ground;
  const stamp = stampOf(request.at ?? ground.now.toISOString());
  const keepFor = entry?.status.policy?.retention.keepFor;
  const backup: BackupRequest = {
    name: `${boundedName(`move-${nameFor(application.name)}`, nameFor(name), 40)}-${stamp}`,
    namespaces: [origin.namespace],
    ...(labelSelector !== undefined && { labelSelector }),
    ...(original.location !== undefined && { location: original.location }),
    ...(keepFor !== undefined && { keepFor }),
    volumes: 'moved',
    labels: { [labels.application]: nameFor(application.name), [labels.componentOf]: nameFor(name) },
    annotations: application.owner === undefined ? {} : { [annotations.owner]: application.owner },
  };
  const foreseen = (await engine.foresee?.(contextOf(deps, origin.cluster, there, signal), { backup: backup })) ?? [];
  blockers.push(...foreseen.filter(({ severity }) => severity === 'blocker').map((reason) => ({ ...reason, component: name })));
  return {
    data: {
      kind: 'capture',
      engine,
      engineNamespace: here,
      sourceNamespace: there,
      request: backup,
      rewrites: live.flatMap((object) => (object && adapt(object, origin.namespace, into)?.rewrite) ?? []),
      claims: taken,
    },
    blockers,
    warnings: foreseen.filter(({ severity }) => severity !== 'blocker').map((reason) => ({ ...reason, component: name })),
  };
}

/** Points that are looked into for one that came from the source. */
const looked = 8;

/**
 * The newest point with the data of every claim that has come from the source to the target, as the source has it, and how many bytes
 * there are of each. The newest of all may be the target's own, of when the application ran there.
 */
async function arrivedWith(
  { fleet, status }: MoveGround['ground'],
  { contents }: MoveGround['deps'],
  { engine, engineNamespace: home }: { engine: string; engineNamespace: string },
  { place, origin, name, claims }: PartAbout,
  signal?: AbortSignal,
): Promise<{ original: RecoveryPoint; sizes: Map<string, number | undefined> } | undefined> {
  const component = status.components.find(({ component: { name: own } }) => own === name);
  const candidates = (component ? candidatesFor(component, place) : []).flatMap(({ point, usable }) => {
    if (usable === 'no' || point.engine !== engine) return [];
    // A location that both read, or one that the storage copies to the other: the names in it are the same.
    const original = fleet.points.find(
      (one) => one.cluster === origin.cluster && one.engine === engine && one.name === point.name && one.capturedAt === point.capturedAt,
    );
    // One that the source only reads is where the target's own backups go: nothing has come this way through it.
    const way = fleet.locations.find((one) => one.cluster === origin.cluster && one.engine === engine && one.name === original?.location);
    return original && way?.accessMode !== 'ReadOnly' ? [{ point, original }] : [];
  });
  for (const { point, original } of candidates.slice(0, looked)) {
    await contents.read([point], () => home, signal);
    const sizes = new Map(
      (contentsOf(contents.get(point.id))?.volumes ?? [])
        .filter(({ namespace, method, state }) => namespace === place.namespace && method === 'data-mover' && state === 'captured')
        .map(({ claim, bytes }) => [claim, bytes]),
    );
    if (claims.every((claim) => sizes.has(claim))) return { original, sizes };
  }
  return undefined;
}

/** Without pods nothing but its labels tells an engine that a claim belongs to a component. */
function notByItself(cluster: string, namespace: string, component: string, claims: readonly string[]): Reason {
  return {
    code: 'VOLUME_NOT_REPLICATED',
    severity: 'blocker',
    component,
    cluster,
    message: `no label tells ${claims.join(', ')} from the volumes of other components, so a last backup of ${component} alone cannot be made on ${cluster}`,
    evidence: claims.map((claim) => `PersistentVolumeClaim ${namespace}/${claim}`),
    fix: `give it the labels of ${component}: kubectl --context ${cluster} -n ${namespace} label pvc ${claims.join(' ')} KEY=VALUE`,
  };
}
