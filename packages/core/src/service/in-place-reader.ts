import type { NamespaceInventory } from '../application/cluster-inventory.ts';
import { inventoryOf } from '../application/inventory.ts';
import { textAt } from '../application/raw.ts';
import type { Workload } from '../application/workload.ts';
import { DrError } from '../errors.ts';
import type { InPlacePlace } from '../planning/in-place/inputs.ts';
import { inventoryOfCaptured } from '../planning/in-place/scope.ts';
import { kindsToRead, readLive, withCapturedVersions } from '../planning/live-objects.ts';
import type { RestoreMode } from '../planning/model.ts';
import { type Place, assertCapturedOwner } from '../planning/places.ts';
import { type Access, readTargetFacts } from '../planning/target-facts.ts';
import { accessForChecks } from '../planning/verification.ts';
import type { ClusterClient } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engine } from '../ports/engine.ts';
import { type KubeObject, type ResourceType, resourceKey, types } from '../ports/kubernetes.ts';
import type { PointContents, RecoveryPoint } from '../protection/model.ts';
import type { Assessment } from './assess.ts';
import type { ContentsStore } from './contents.ts';

export interface ReadInPlace {
  place: Place;
  points: Map<string, RecoveryPoint>;
  engine: Engine;
  engineNamespace: string;
  cluster: ClusterClient;
  clock: Clock;
  contents: ContentsStore;
  assessment: Assessment;
  /** When the plan is made, by the clock of the cluster. */
  now: Date;
  exclusive: boolean;
  mode: RestoreMode;
}

export interface ReadPlace extends InPlacePlace {
  /** Kinds of its namespace that may not be listed, each with the refusal. */
  hidden: { type: ResourceType; error: DrError }[];
}

/** Everything that one place of a restore in place is decided by: one list per kind, and what the points hold. */
export async function readInPlace(ground: ReadInPlace, signal?: AbortSignal): Promise<ReadPlace> {
  const { place, points, engine, engineNamespace, cluster, clock, contents, assessment, now } = ground;
  const options = signal ? { signal } : {};
  const context = { cluster, clock, namespace: engineNamespace, ...options };
  const distinct = [...new Set(points.values())];
  await contents.read(distinct, () => engineNamespace, signal);
  const captured = new Map<string, KubeObject[]>();
  for (const point of distinct) {
    const objects = await engine.objects(context, point, [place.namespace]);
    assertCapturedOwner(place, objects);
    captured.set(point.id, objects);
  }
  const all = [...captured.values()].flat();
  const preferred = await cluster.discover(options);
  const served = await withCapturedVersions(cluster, place.namespace, all, preferred, signal);
  const inventory = assessment.inventory.get(place.cluster)?.namespace(place.namespace);
  const access = [
    ...accessFor(ground.mode, place.namespace),
    ...(inventory ? [] : [{ verb: 'create', type: types.namespaces }]),
    ...accessForChecks(workloadsOf(ground, inventory, captured), place.namespace),
  ];
  const kinds = kindsToRead(all, preferred);
  const [{ objects: live, failures }, facts] = await Promise.all([
    readLive(cluster, place.namespace, kinds, signal),
    readTargetFacts(cluster, { namespaces: [place.namespace], served, access }, signal),
  ]);
  const evidence =
    assessment.protection(place.cluster)?.states.find(({ installation }) => installation.engine === engine.id)?.volumeEvidence ?? {};
  return {
    ...place,
    engine,
    engineNamespace,
    now,
    exclusive: ground.exclusive,
    points,
    captured,
    contents: new Map(distinct.map((point) => [point.id, contentsOf(contents.get(point.id))])),
    evidence: new Map(distinct.map((point) => [point.id, evidence[point.id] ?? []])),
    live,
    inventory,
    served,
    volumes: ground.mode === 'configOnly' ? new Map() : await volumesBehind(cluster, live, signal),
    facts,
    hidden: kinds.flatMap((type) => {
      const error = failures.get(resourceKey(type));
      return error?.code === 'FORBIDDEN' ? [{ type, error }] : [];
    }),
  };
}

/** Of the components that go back, as they are and as they were: either may declare a check. */
function workloadsOf(
  { place, points }: ReadInPlace,
  now: NamespaceInventory | undefined,
  captured: ReadonlyMap<string, KubeObject[]>,
): Workload[] {
  return place.components.flatMap(({ status, ...placement }) => {
    const point = points.get(status.component.name);
    const then = inventoryOfCaptured(point ? (captured.get(point.id) ?? []) : [], place.namespace);
    return [now, then].flatMap((inventory) => (inventory ? inventoryOf(placement, inventory).workloads : []));
  });
}

export function contentsOf(known: ReturnType<ContentsStore['get']>): PointContents | undefined {
  return typeof known === 'object' && 'pointId' in known ? known : undefined;
}

/** PersistentVolumes of the claims. Who may not list them may still be allowed to get each. */
async function volumesBehind(cluster: ClusterClient, live: readonly KubeObject[], signal?: AbortSignal): Promise<Map<string, KubeObject>> {
  const options = signal ? { signal } : {};
  const names = new Set(
    live.flatMap((object) => (object.kind === 'PersistentVolumeClaim' ? (textAt(object, 'spec', 'volumeName') ?? []) : [])),
  );
  if (names.size === 0) return new Map();
  try {
    const { items } = await cluster.list(types.persistentVolumes, options);
    return new Map(items.filter(({ metadata }) => names.has(metadata.name)).map((volume) => [volume.metadata.name, volume]));
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'FORBIDDEN') throw error;
    return new Map();
  }
}

/** What whoever executes has to be allowed to. Engines write in their own namespace, which they are asked about by themselves. */
function accessFor(mode: RestoreMode, namespace: string): Access[] {
  const data: Access[] = [
    { verb: 'patch', type: types.persistentVolumes },
    { verb: 'delete', type: types.persistentVolumeClaims, namespace },
    { verb: 'create', type: types.persistentVolumeClaims, namespace },
    { verb: 'patch', type: types.deployments, namespace },
    { verb: 'patch', type: types.statefulSets, namespace },
    { verb: 'list', type: types.pods, namespace },
  ];
  const config: Access[] = [types.configMaps, types.secrets, types.services, types.deployments, types.statefulSets].flatMap((type) =>
    ['create', 'patch'].map((verb) => ({ verb, type, namespace })),
  );
  return [...(mode === 'configOnly' ? [] : data), ...(mode === 'dataOnly' ? [] : config)];
}
