import { inventoryOf } from '../application/inventory.ts';
import { check } from '../planning/checks/target.ts';
import { inventoryOfCaptured, workloadOwner } from '../planning/in-place/scope.ts';
import { readLive } from '../planning/live-objects.ts';
import type { Origin } from '../planning/move/inputs.ts';
import { deviceGroup, readTargetFacts } from '../planning/target-facts.ts';
import type { KubeObject } from '../ports/kubernetes.ts';
import { resourceKey, types } from '../ports/kubernetes.ts';
import type { Reason } from '../reason.ts';
import type { ComponentStatus } from './model.ts';
import { type PlannerDeps, clientOf } from './plan-ground.ts';

const looked = new Set([types.deployments, types.statefulSets, types.daemonSets, types.persistentVolumeClaims].map(resourceKey));
const deviceKinds = new Set(['ResourceClaim', 'ResourceClaimTemplate']);

/**
 * Whether the target can run what an engine will start there: checked as what we start is, by what runs at the source. Where that one
 * does not answer, by the stopped copies that the engine keeps at the target; where there are none, nothing can be told.
 */
export async function fitOf(
  deps: PlannerDeps,
  to: string,
  components: readonly ComponentStatus[],
  origins: readonly Origin[],
  signal?: AbortSignal,
): Promise<{ blockers: Reason[]; warnings: Reason[] }> {
  const options = signal ? { signal } : {};
  const target = clientOf(deps, to);
  const facts = await readTargetFacts(target, { namespaces: [], served: await target.discover(options), access: [] }, signal);
  const found = await Promise.all(
    origins.map(async ({ cluster, namespace, reachable }) => {
      const source = reachable ? clientOf(deps, cluster) : target;
      const kinds = (await source.discover(options)).filter(
        (type) => looked.has(resourceKey(type)) || (type.group === deviceGroup && deviceKinds.has(type.kind)),
      );
      const { objects } = await readLive(source, namespace, kinds, signal);
      return checkOf(to, namespace, components, reachable ? objects : objects.map(started), facts);
    }),
  );
  return { blockers: found.flatMap(({ blockers }) => blockers), warnings: found.flatMap(({ warnings }) => warnings) };
}

/** Only of the components: what else lies in the namespace does not come along. */
function checkOf(
  cluster: string,
  namespace: string,
  components: readonly ComponentStatus[],
  objects: readonly KubeObject[],
  facts: Parameters<typeof check>[0]['facts'],
): ReturnType<typeof check> {
  const inventory = inventoryOfCaptured(objects, namespace);
  const parts = components.map(({ component }) => {
    const here = inventory
      ? component.placements.filter((one) => one.namespace === namespace).map((one) => inventoryOf(one, inventory))
      : [];
    return {
      name: component.name,
      workloads: here.flatMap(({ workloads }) => workloads),
      claims: here.flatMap(({ claims }) => claims.map(({ name }) => name)),
    };
  });
  const componentOf = workloadOwner(parts);
  const claims = new Set(parts.flatMap((part) => part.claims));
  const comes = (object: KubeObject): boolean =>
    object.kind === 'PersistentVolumeClaim'
      ? claims.has(object.metadata.name)
      : deviceKinds.has(object.kind) || componentOf(object) !== undefined;
  return check({
    facts,
    cluster,
    application: parts[0]?.name ?? '',
    namespace,
    incoming: objects.filter(comes),
    componentOf,
    live: [],
    stopped: [],
    volumes: [],
    clone: true,
    madeOn: [],
  });
}

/** As it would be when it runs. */
function started(object: KubeObject): KubeObject {
  const { spec } = object as { spec?: Record<string, unknown> };
  return spec && 'replicas' in spec ? { ...object, spec: { ...spec, replicas: 1 } } : object;
}
