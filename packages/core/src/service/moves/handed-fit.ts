import { inventoryOf } from '../../application/inventory.ts';
import { numberAt } from '../../application/raw.ts';
import { check } from '../../planning/checks/target.ts';
import { inventoryOfCaptured, workloadOwner } from '../../planning/in-place/scope.ts';
import { keepInside } from '../../planning/keep-inside.ts';
import { kindsToRead, readLive } from '../../planning/live-objects.ts';
import { isCalledLikeItsHost } from '../../planning/host-names.ts';
import { neutralise } from '../../planning/neutralise.ts';
import type { MoveOrder } from '../../planning/model.ts';
import type { Brought } from '../../planning/move/handover.ts';
import type { Origin } from '../../planning/move/inputs.ts';
import { deviceGroup, readTargetFacts } from '../../planning/target-facts.ts';
import { checksOf } from '../../planning/verification.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { resourceKey, types } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import type { ComponentStatus } from '../model.ts';
import { type PlannerDeps, clientOf } from '../plan-ground.ts';

const looked = new Set(
  [types.deployments, types.statefulSets, types.daemonSets, types.persistentVolumeClaims, types.services, types.networkPolicies].map(
    resourceKey,
  ),
);
const deviceKinds = new Set(['ResourceClaim', 'ResourceClaimTemplate']);

/** What an engine will start at the target, and whether that can run there. */
export interface HandedFit {
  blockers: Reason[];
  warnings: Reason[];
  brings: Brought;
}

/**
 * Whether the target can run what an engine will start there: checked as what we start is, by what runs at the source. Where that one
 * does not answer, by the stopped copies that the engine keeps at the target; where there are none, nothing can be told.
 */
export async function fitOf(
  deps: PlannerDeps,
  { kind, target: to, into }: Pick<MoveOrder, 'kind' | 'target' | 'into'>,
  components: readonly ComponentStatus[],
  origins: readonly Origin[],
  signal?: AbortSignal,
): Promise<HandedFit> {
  const options = signal ? { signal } : {};
  const target = clientOf(deps, to);
  const facts = await readTargetFacts(target, { namespaces: [], served: await target.discover(options), access: [] }, signal);
  const found = await Promise.all(
    origins.map(async ({ cluster, namespace, reachable }) => {
      const source = reachable ? clientOf(deps, cluster) : target;
      const kinds = (await source.discover(options)).filter(
        (type) => looked.has(resourceKey(type)) || (type.group === deviceGroup && deviceKinds.has(type.kind)),
      );
      const live = await readLive(source, namespace, kinds, signal);
      const objects = reachable ? live.objects : live.objects.map(started);
      // A test starts between the policies that are there and those that come along, or of a copy of all that is there.
      const scratch = into?.[namespace];
      const there =
        kind === 'test'
          ? await readLive(target, namespace, scratch === undefined ? [types.networkPolicies] : kindsToRead([], facts.served), signal)
          : undefined;
      const adapt = keepInside(neutralise);
      const acts =
        scratch === undefined
          ? []
          : (there?.objects ?? []).filter((object) => isCalledLikeItsHost(object) || adapt(object, namespace, scratch) !== undefined);
      return {
        ...checkOf(to, namespace, components, objects, facts),
        ...broughtOf(namespace, components, objects, reachable ? undefined : cluster),
        policies: [...objects.filter((object) => object.kind === types.networkPolicies.kind), ...(there?.objects ?? [])],
        acts: acts.map(({ kind: what, metadata }) => `${what} ${namespace}/${metadata.name}`),
        policiesUnread: [live, there].flatMap((read) => read?.failures.get(resourceKey(types.networkPolicies))?.message ?? []),
      };
    }),
  );
  return {
    blockers: found.flatMap(({ blockers }) => blockers),
    warnings: found.flatMap(({ warnings }) => warnings),
    brings: {
      workloads: found.flatMap(({ workloads }) => workloads),
      checks: found.flatMap(({ checks }) => checks),
      unchecked: found.flatMap(({ unchecked }) => unchecked),
      policies: found.flatMap(({ policies }) => policies),
      acts: found.flatMap(({ acts }) => acts),
      policiesUnread: [...new Set(found.flatMap(({ policiesUnread }) => policiesUnread))],
    },
  };
}

const awaited = [types.deployments, types.statefulSets, types.daemonSets];

function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** `silent`: the cluster where it runs, which does not answer. */
function broughtOf(
  namespace: string,
  components: readonly ComponentStatus[],
  objects: readonly KubeObject[],
  silent: string | undefined,
): Pick<Brought, 'workloads' | 'checks' | 'unchecked'> {
  const inventory = inventoryOfCaptured(objects, namespace);
  const services = objects.filter(({ kind }) => kind === types.services.kind);
  const replicas = new Map(objects.map((object) => [keyOf(object.kind, object.metadata.name), numberAt(object, 'spec', 'replicas')]));
  const brings: ReturnType<typeof broughtOf> = { workloads: [], checks: [], unchecked: [] };
  for (const { component } of components) {
    const placements = component.placements.filter((one) => one.namespace === namespace);
    const found = placements.flatMap((one) => (inventory ? inventoryOf(one, inventory).workloads : []));
    const workloads = [...new Map(found.map((one) => [keyOf(one.kind, one.name), one])).values()];
    if (workloads.length === 0 && placements.length > 0 && silent !== undefined)
      brings.unchecked.push(`whatever ${component.name} declares: ${silent}, where it runs, does not answer`);
    for (const { kind, name } of workloads) {
      const type = awaited.find((candidate) => candidate.kind === kind);
      const count = replicas.get(keyOf(kind, name)) ?? 1;
      if (!type) continue;
      // What its owner keeps at rest stays that.
      const comes = kind === 'DaemonSet' || count > 0;
      const least = kind !== 'DaemonSet' && comes ? { least: 1 } : {};
      brings.workloads.push({
        component: component.name,
        type,
        namespace,
        name,
        ...least,
        ...(comes && { comes: true }),
        ...(kind !== 'DaemonSet' && { replicas: count }),
      });
    }
    const { checks, unreadable } = checksOf(workloads, services, namespace);
    brings.checks.push(...checks.map((check) => ({ ...check, component: component.name })));
    brings.unchecked.push(...unreadable);
  }
  return brings;
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
