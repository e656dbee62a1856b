import { networkFences } from '../fencing/network-fence.ts';
import type { Engine } from '../ports/engine.ts';
import type { ResourceType } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';
import type { Replicator } from '../ports/replication.ts';
import type { Step, StepAction } from './model.ts';
import type { Access } from './target-facts.ts';

/** What `copy.stop` brings to rest. */
const stopped = [types.deployments, types.statefulSets, types.cronJobs];

/**
 * The rights without which a step of a drill or a move fails, and on which cluster each: some steps work on two. What engines do in
 * their own namespaces is asked of them (`Engine.foresee`).
 */
export function accessOf(step: Step, engines: readonly Engine[]): { cluster: string; access: Access }[] {
  const { action, cluster } = step;
  const on = (name: string, verbs: readonly string[], all: readonly ResourceType[], namespace?: string) =>
    all.flatMap((type) => verbs.map((verb) => ({ cluster: name, access: { verb, type, ...(namespace !== undefined && { namespace }) } })));
  switch (action.kind) {
    case 'namespace.create':
      return on(cluster, ['create'], [types.namespaces]);
    case 'namespace.isolate':
      return on(cluster, ['create'], [types.networkPolicies], action.namespace);
    case 'namespace.remove':
      return on(cluster, ['get', 'delete'], [types.namespaces]);
    case 'namespace.remove.empty':
      // Who may not delete it leaves it.
      return on(cluster, ['get'], [types.namespaces]);
    case 'fence.set':
      return on(cluster, ['get', 'patch'], [networkFences]).map((one) => ({ ...one, access: { ...one.access, name: action.fence } }));
    case 'copy.stop':
      return [
        ...on(cluster, ['get'], [types.namespaces]),
        ...on(cluster, ['list', 'patch'], stopped, action.namespace),
        ...on(cluster, ['list'], [types.pods], action.namespace),
      ];
    case 'copy.start': {
      const { namespace, workloads } = action;
      if (!workloads) return on(cluster, ['list', 'patch'], stopped, namespace);
      const kinds = new Set(workloads.map(({ type }) => type.kind));
      const named = stopped.filter(({ kind }) => kinds.has(kind));
      return on(cluster, ['get', 'patch'], named, namespace);
    }
    case 'objects.carry': {
      const { from, namespace, objects } = action;
      const carried = [...new Map(objects.map(({ type }) => [`${type.resource}.${type.group}`, type])).values()];
      return [
        ...on(cluster, ['get', 'create', 'patch'], carried, namespace),
        ...('cluster' in from ? on(from.cluster, ['get'], carried, from.namespace) : []),
      ];
    }
    case 'objects.remove':
      return action.objects.flatMap(({ type, namespace }) => on(cluster, ['get', 'delete'], [type], namespace));
    case 'volume.keep':
      return on(cluster, ['get', 'patch'], [types.persistentVolumes]);
    case 'claim.remove':
    case 'claim.discard':
      return on(cluster, ['get', 'delete'], [types.persistentVolumeClaims], action.namespace);
    case 'replication.sync':
    case 'replication.sync.end':
    case 'replication.promote':
    case 'replication.promote.end':
    case 'replication.reverse':
    case 'replication.pause': {
      const replicator = engines.find(({ id }) => id === action.engine)?.replicator;
      return replicator
        ? placesOf(step.cluster, action, replicator).flatMap((all) => on(all.cluster, all.verbs, all.types, all.namespace))
        : [];
    }
    case 'check.http':
    case 'check.exec': {
      const { namespace, declaredBy } = action;
      const asked =
        action.kind === 'check.http'
          ? [{ verb: 'get', type: types.services, subresource: 'proxy' }]
          : ['get', 'create'].map((verb) => ({ verb, type: types.pods, subresource: 'exec' }));
      return [
        ...on(cluster, ['get'], [declaredBy.type], namespace),
        ...(action.kind === 'check.exec' ? on(cluster, ['list'], [types.pods], namespace) : []),
        ...asked.map((access) => ({ cluster, access: { ...access, namespace } })),
      ];
    }
    case 'workload.scale':
      return on(cluster, ['get', 'patch'], [action.target.type], action.target.namespace);
    case 'mover.move':
    case 'mover.finish': {
      const { application, source, kind } = action.order;
      const where = { steering: cluster, source };
      const { rights = [] } = engines.find(({ id }) => id === action.engine)?.mover ?? {};
      return rights.flatMap(({ on: side, verb, type, namespace = application.namespace, of = kind }) => {
        const name = where[side];
        return name === undefined || of !== kind ? [] : on(name, [verb], [type], type.namespaced ? namespace : undefined);
      });
    }
    default:
      return [];
  }
}

interface Needed {
  cluster: string;
  namespace: string;
  verbs: string[];
  types: readonly ResourceType[];
}

function placesOf(cluster: string, action: Extract<StepAction, { kind: `replication.${string}` }>, replicator: Replicator): Needed[] {
  const at = (where: string, namespaces: readonly string[], verbs: string[], all: readonly ResourceType[] = replicator.types): Needed[] =>
    [...new Set(namespaces)].map((namespace) => ({ cluster: where, namespace, verbs, types: all }));
  const spaces = (refs: readonly { namespace: string }[]): string[] => refs.map(({ namespace }) => namespace);
  switch (action.kind) {
    case 'replication.sync':
    case 'replication.sync.end':
      return [
        ...at(action.from, spaces(action.sources), ['get', 'patch']),
        ...at(cluster, spaces(action.targets), ['get', 'patch']),
        ...at(action.from, spaces(action.sources), ['get'], [types.persistentVolumeClaims]),
      ];
    case 'replication.pause':
      return action.ends.flatMap((end) => at(end.cluster, [end.namespace], ['get', 'patch']));
    case 'replication.reverse':
      return [action.request.source, action.request.target].flatMap((end) => at(end.cluster, [end.namespace], ['get', 'create', 'patch']));
    case 'replication.promote':
    case 'replication.promote.end': {
      const namespaces = spaces(action.request.targets);
      const { into } = action.request;
      if (into !== undefined)
        return [
          ...at(cluster, namespaces, ['get']),
          ...(replicator.promotes ?? []).flatMap(({ verb, type }) => at(cluster, namespaces, [verb], [type])),
          ...(replicator.offers ?? []).flatMap(({ verb, type }) => at(cluster, [into], [verb], [type])),
          ...at(cluster, [into], ['get', 'list', 'create'], [types.persistentVolumeClaims]),
        ];
      return [
        ...at(cluster, namespaces, ['get', 'patch']),
        ...at(cluster, namespaces, ['get', 'list', 'create'], [types.persistentVolumeClaims]),
        ...(replicator.promotes ?? []).flatMap(({ verb, type }) => at(cluster, namespaces, [verb], [type])),
      ];
    }
  }
}
