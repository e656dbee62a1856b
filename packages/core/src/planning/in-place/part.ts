import { numberAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { ComponentStatus } from '../../service/model.ts';
import { operatorOf } from '../controllers.ts';
import type { ObjectTarget, RestoreMode } from '../model.ts';
import {
  type SuspendMechanism,
  gitOpsMechanisms,
  isSuspended,
  mechanismFor,
  stopsPods,
  suspensionOf,
  suspensionPath,
} from '../suspension.ts';
import { typeFor } from '../checks/versions.ts';
import { checksOf } from '../verification.ts';
import { type Configuration, configurationOf } from './configuration.ts';
import type { InPlacePlace } from './inputs.ts';
import { inventoryOfCaptured, scaleTargetOf, scopeOf, type Scope } from './scope.ts';
import { type RolledVolume, volumesOf } from './volumes.ts';

/** A workload that is stopped while its volumes are exchanged. */
export interface Stopped {
  target: ObjectTarget;
  /** Replicas now, and when it is over. */
  replicas: number;
  replicasAfter: number;
  object: KubeObject;
  /** Its operator stops and starts it: the plan tells that one, and scales nothing. */
  byOperator?: true;
}

export interface Suspended {
  mechanism: SuspendMechanism;
  target: ObjectTarget;
  /** What is given back by an undo, and by the end of the restore. */
  previous?: string | boolean;
  after?: string | boolean;
}

/** What a restore does to one component in one place. */
export interface Part {
  place: InPlacePlace;
  status: ComponentStatus;
  name: string;
  point: RecoveryPoint;
  scope: Scope;
  labelSelector?: string;
  volumes: RolledVolume[];
  stopped: Stopped[];
  suspended: Suspended[];
  configuration: Configuration;
  blockers: Reason[];
  warnings: Reason[];
}

export function partOf(
  place: InPlacePlace,
  entry: InPlacePlace['components'][number],
  point: RecoveryPoint,
  options: { mode: Exclude<RestoreMode, 'clone'>; prune: boolean; taken: Set<string> },
): Part {
  const { mode } = options;
  const { status, labelSelector, workloads } = entry;
  const { name } = status.component;
  const captured = place.captured.get(point.id) ?? [];
  const scope = scopeOf(
    { ...(labelSelector !== undefined && { labelSelector }), ...(workloads && { workloads }) },
    place.inventory,
    inventoryOfCaptured(captured, place.namespace),
  );
  const data = mode === 'configOnly' ? { volumes: [], blockers: [], warnings: [] } : volumesOf(place, name, scope, point);
  const stopped = mode === 'configOnly' ? [] : stoppedBy(place, scope, data.volumes, captured, mode);
  const suspended = suspendedFor(place, scope, stopped, data.volumes, captured, mode);
  const except = (object: KubeObject): string[][] => exceptions(object, place, stopped, suspended);
  const configuration =
    mode === 'dataOnly'
      ? { changes: [], write: [], create: [], remove: [], blockers: [], warnings: [] }
      : configurationOf(place, name, scope, point, { ...options, except });
  return {
    place,
    status,
    name,
    point,
    scope,
    ...(labelSelector !== undefined && { labelSelector }),
    volumes: data.volumes,
    stopped,
    suspended,
    configuration,
    blockers: [...data.blockers, ...configuration.blockers, ...missingUsers(place, name, scope, data.volumes, mode)],
    warnings: [...data.warnings, ...configuration.warnings, ...pausedOperators(place, name, stopped)],
  };
}

/** Deployments and StatefulSets that use the volumes, with the replicas they get back. */
function stoppedBy(
  place: InPlacePlace,
  scope: Scope,
  volumes: readonly RolledVolume[],
  captured: readonly KubeObject[],
  mode: RestoreMode,
): Stopped[] {
  const claims = new Set(volumes.map(({ claim }) => claim));
  return scope.workloads.flatMap((workload): Stopped[] => {
    const { kind, name } = workload;
    if (kind !== 'Deployment' && kind !== 'StatefulSet') return [];
    const isThis = (object: KubeObject): boolean => object.kind === kind && object.metadata.name === name;
    const object = place.live.find(isThis);
    if (!object || !workload.claims.some((claim) => claims.has(claim))) return [];
    const now = numberAt(object, 'spec', 'replicas') ?? 1;
    const old = captured.find(isThis);
    const fixed = mode === 'inPlace' && old !== undefined && !isAutoscaled(place, kind, name);
    return [
      {
        target: { type: kind === 'Deployment' ? types.deployments : types.statefulSets, namespace: place.namespace, name },
        replicas: now,
        replicasAfter: fixed ? (numberAt(old, 'spec', 'replicas') ?? 1) : now,
        object,
        ...(isStoppedByOperator(object, place) && { byOperator: true as const }),
      },
    ];
  });
}

function isStoppedByOperator(workload: KubeObject, { live }: InPlacePlace): boolean {
  const mechanism = operatorOf(workload, live)?.mechanism;
  return mechanism !== undefined && stopsPods(mechanism);
}

function isAutoscaled(place: InPlacePlace, kind: string, name: string): boolean {
  return place.live.some(
    (object) =>
      (object.kind === 'HorizontalPodAutoscaler' || object.kind === 'ScaledObject') && scaleTargetOf(object) === `${kind}/${name}`,
  );
}

/** Everything that would start, scale or revert what is being worked on. */
function suspendedFor(
  place: InPlacePlace,
  scope: Scope,
  stopped: readonly Stopped[],
  volumes: readonly RolledVolume[],
  captured: readonly KubeObject[],
  mode: RestoreMode,
): Suspended[] {
  const found: Suspended[] = [];
  const add = (object: KubeObject): void => {
    const mechanism = mechanismFor(object);
    const type = typeFor(place.served, object);
    if (!mechanism || !type || isSuspended(mechanism, object)) return;
    const { namespace, name } = object.metadata;
    const previous = suspensionOf(mechanism, object);
    // What goes back with the rest of the configuration is let act as it was then.
    const old = mode === 'inPlace' && namespace === place.namespace ? captured.find((item) => isSame(item, object)) : undefined;
    const after = old ? suspensionOf(mechanism, old) : previous;
    found.push({
      mechanism,
      target: { type, ...(namespace !== undefined && { namespace }), name },
      ...(previous !== undefined && { previous }),
      ...(after !== undefined && { after }),
    });
  };
  const claims = new Set(volumes.map(({ claim }) => claim));
  const stoppedKeys = new Set(stopped.map(({ target }) => `${target.type.kind}/${target.name}`));
  const operators = new Set(stopped.map(({ object }) => operatorOf(object, place.live)?.object));
  for (const object of place.live) {
    const key = `${object.kind}/${object.metadata.name}`;
    if (object.kind === 'CronJob') {
      const workload = scope.workloads.find(({ kind, name }) => `${kind}/${name}` === key);
      if (workload?.claims.some((claim) => claims.has(claim))) add(object);
    } else if (object.kind === 'ScaledObject') {
      if (stoppedKeys.has(scaleTargetOf(object))) add(object);
    } else if (operators.has(object)) add(object);
  }
  for (const object of place.facts.gitOps) {
    const mechanism = mechanismFor(object);
    if (mechanism && gitOpsMechanisms.includes(mechanism) && (stopped.length > 0 || mode !== 'dataOnly')) add(object);
  }
  return found;
}

function isSame(one: KubeObject, other: KubeObject): boolean {
  return one.kind === other.kind && one.metadata.name === other.metadata.name && one.metadata.namespace === other.metadata.namespace;
}

/** Operators that are told to wait: worth knowing, for nobody repairs what breaks meanwhile. */
function pausedOperators({ cluster, live }: InPlacePlace, component: string, stopped: readonly Stopped[]): Reason[] {
  const operators = new Map(
    stopped.flatMap(({ object }) => {
      const operator = operatorOf(object, live);
      return operator?.object && operator.mechanism ? [[operator.object, operator.mechanism] as const] : [];
    }),
  );
  return [...operators].map(([{ kind, metadata }, mechanism]) => ({
    code: 'OPERATOR_PAUSED',
    severity: 'info',
    component,
    cluster,
    message: `the operator of ${kind} ${metadata.name} is told ${stopsPods(mechanism) ? 'to stop it' : 'to leave it alone'} meanwhile, and let again at the end`,
    evidence: [`${kind} ${metadata.namespace}/${metadata.name}`, `by: ${suspensionPath(mechanism).join('.')}`],
    fix: 'nothing to do',
  }));
}

/** Fields that the steps around set themselves. */
function exceptions(object: KubeObject, place: InPlacePlace, stopped: readonly Stopped[], suspended: readonly Suspended[]): string[][] {
  const paths: string[][] = [];
  const is = ({ type, name }: ObjectTarget): boolean => type.kind === object.kind && name === object.metadata.name;
  if (stopped.some(({ target }) => is(target)) || isAutoscaled(place, object.kind, object.metadata.name)) paths.push(['spec', 'replicas']);
  for (const { target, mechanism } of suspended) if (is(target)) paths.push(suspensionPath(mechanism));
  return paths;
}

/** A volume that comes only when a pod wants it, and no pod that would. */
function missingUsers(place: InPlacePlace, component: string, scope: Scope, volumes: readonly RolledVolume[], mode: RestoreMode): Reason[] {
  const live = new Set(place.live.map((object) => `${object.kind}/${object.metadata.name}`));
  return volumes
    .filter(({ users, method, late }) => {
      const there = users.some(({ kind, name }) => live.has(`${kind}/${name}`) || mode === 'inPlace');
      return !there && (method === 'file-system' || (method === 'data-mover' && late));
    })
    .map(({ claim, method }) => ({
      code: 'NO_CONSUMER',
      severity: 'blocker',
      component,
      cluster: place.cluster,
      message: `nothing uses the volume ${claim} now, and ${method === 'file-system' ? 'a file system backup comes back through a pod' : 'a data mover waits for a pod that uses it'}`,
      evidence: [`PersistentVolumeClaim ${place.namespace}/${claim}`, ...scope.workloads.map(({ kind, name }) => `${kind} ${name}`)],
      fix: 'restore configuration and data: --mode inPlace',
    }));
}

/** The checks of its workloads as they will be: what configuration writes may declare others than what runs now. */
export function checksOfPart({ place, point, scope, configuration }: Pick<Part, 'place' | 'point' | 'scope' | 'configuration'>) {
  const captured = place.captured.get(point.id) ?? [];
  const written = new Set([...configuration.write, ...configuration.create].map(({ type, name }) => `${type.kind}/${name}`));
  const workloads = scope.workloads.map(({ kind, name, annotations }) => {
    const then = written.has(`${kind}/${name}`)
      ? captured.find((object) => object.kind === kind && object.metadata.name === name)
      : undefined;
    return { kind, name, annotations: then ? (then.metadata.annotations ?? {}) : annotations };
  });
  const isOwn = (object: KubeObject): boolean =>
    object.kind === 'Service' && object.metadata.namespace === place.namespace && scope.owns(object);
  const live = place.live.filter(isOwn);
  const gone = captured.filter((object) => isOwn(object) && !live.some(({ metadata }) => metadata.name === object.metadata.name));
  return checksOf(workloads, [...live, ...gone], place.namespace);
}
