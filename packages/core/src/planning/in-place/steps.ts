import { annotations, labels } from '../../application/model.ts';
import { type KubeObject, types } from '../../ports/kubernetes.ts';
import type { RestoreRequest } from '../../ports/engine.ts';
import type { CaptureMethod, RecoveryPoint } from '../../protection/model.ts';
import { nameFor } from '../assemble.ts';
import { claimTypes, patienceFor } from '../claim-restore.ts';
import { isCopied } from '../estimate.ts';
import { comparable } from '../diff/comparable.ts';
import { marksOf } from '../diff/marks.ts';
import { titleOf } from '../verification.ts';
import { stopsPods } from '../suspension.ts';
import type { AwaitedWorkload, KeptVolume, ObjectTarget, RestoredObject, Step, StepAction } from '../model.ts';
import type { Carrier } from './carriers.ts';
import { checksOfPart, type Part, type Stopped, type Suspended } from './part.ts';
import { newestOf } from '../select-point.ts';
import type { InPlaceInputs, InPlacePlace } from './inputs.ts';
import { type SafetyMarks, safetyName } from './safety-name.ts';
import type { RolledVolume } from './volumes.ts';
import { counted } from '../../text/counted.ts';

/** How long pods may take to go, volumes to be detached. */
const quietTimeout = 600;
const readyTimeout = 600;

/** Builds steps with names that are the same each time the plan is made. */
export class StepMaker {
  readonly #inputs: InPlaceInputs;
  readonly #marks: SafetyMarks;

  constructor(inputs: InPlaceInputs, marks: SafetyMarks) {
    this.#inputs = inputs;
    this.#marks = marks;
  }

  step(id: string, title: string, cluster: string, action: StepAction, about: { component?: string; undoes?: string } = {}): Step {
    return { id: nameFor(id, 240), title, cluster, ...about, action };
  }

  /** A namespace that is gone, labelled as it was: what was agreed about its owner stands there. */
  namespace(place: InPlacePlace): Step {
    const { cluster, namespace } = place;
    const newest = newestOf([...place.points.values()]);
    const captured = (newest && place.captured.get(newest.id))?.find(
      ({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace,
    );
    const { labels = {}, annotations = {} } = captured
      ? (comparable(captured, marksOf(place.engine)).metadata as KubeObject['metadata'])
      : {};
    return this.step(`namespace-${cluster}-${namespace}`, `Create the namespace ${namespace} as it was`, cluster, {
      kind: 'namespace.create',
      namespace,
      labels,
      annotations,
    });
  }

  /** Everything that configuration would change, without data: what an undo writes back. */
  safetyOfObjects(place: InPlacePlace): Step {
    return this.#safety(place, 'objects', `Keep a copy of the configuration in ${place.namespace}`, { volumes: 'none' });
  }

  /** The component as it is now, with its data: the present, should anybody want it back. */
  safetyOfData(part: Part): Step {
    return this.#safety(
      part.place,
      part.name,
      `Back up ${part.name} as it is now`,
      this.#only(
        part.place,
        part.volumes.filter(({ now }) => now),
      ) ?? (part.labelSelector === undefined ? {} : { labelSelector: part.labelSelector }),
      part.name,
    );
  }

  #safety(
    place: InPlacePlace,
    of: string,
    title: string,
    scope: { labelSelector?: string; claims?: string[]; volumes?: 'none' },
    component?: string,
  ): Step {
    const { status, request } = this.#inputs;
    const { application } = status;
    return this.step(
      `safety-${of}-${place.cluster}-${place.namespace}`,
      title,
      place.cluster,
      {
        kind: 'engine.backup',
        engine: place.engine.id,
        engineNamespace: place.engineNamespace,
        request: {
          name: safetyName(place, of, request.at, this.#marks),
          namespaces: [place.namespace],
          ...scope,
          labels: {
            [labels.application]: nameFor(application.name),
            [labels.purpose]: 'safety',
            ...(component !== undefined && { [labels.componentOf]: nameFor(component) }),
          },
          annotations: application.owner ? { [annotations.owner]: application.owner } : {},
        },
      },
      component === undefined ? {} : { component },
    );
  }

  suspend(cluster: string, { mechanism, target }: Suspended): Step {
    return this.step(`suspend-${idOf(cluster, target)}`, `Suspend ${target.type.kind} ${target.name}`, cluster, {
      kind: 'object.suspend',
      mechanism,
      target,
    });
  }

  resume(cluster: string, { mechanism, target, after }: Suspended): Step {
    return this.step(`resume-${idOf(cluster, target)}`, `Let ${target.type.kind} ${target.name} act again`, cluster, {
      kind: 'object.resume',
      mechanism,
      target,
      ...(after !== undefined && { previous: after }),
    });
  }

  stop(part: Part, { target }: Stopped): Step {
    return this.#of(part, `stop-${target.type.kind}-${target.name}`, `Stop ${target.type.kind} ${target.name}`, {
      kind: 'workload.scale',
      target,
      replicas: 0,
    });
  }

  start(part: Part, { target, replicasAfter }: Stopped): Step {
    return this.#of(
      part,
      `start-${target.type.kind}-${target.name}`,
      `Start ${target.name} with ${replicasAfter} ${replicasAfter === 1 ? 'replica' : 'replicas'}`,
      {
        kind: 'workload.scale',
        target,
        replicas: replicasAfter,
      },
    );
  }

  quiet(part: Part): Step {
    return this.#of(part, `quiet-${part.name}`, `Wait until nothing uses the volumes of ${part.name}`, {
      kind: 'await.quiet',
      namespace: part.place.namespace,
      claims: part.volumes.map(({ claim }) => claim),
      volumes: part.volumes.flatMap(({ now }) => now?.volume ?? []),
      timeoutSeconds: quietTimeout,
    });
  }

  keep(part: Part, volume: RolledVolume): Step {
    return this.#of(part, `keep-${volume.claim}`, `Keep the present volume of ${volume.claim}`, {
      kind: 'volume.keep',
      ...keptOf(volume)!,
    });
  }

  remove(part: Part, { claim, namespace, now }: RolledVolume): Step {
    return this.#of(part, `remove-${claim}`, `Take ${claim} off its present volume`, {
      kind: 'claim.remove',
      namespace,
      claim,
      uid: now!.uid,
      volume: now!.volume,
    });
  }

  /** A file system backup comes back through pods, which a controller scaled to nothing would take away again. */
  removeController(part: Part, { target, object }: Stopped): Step {
    return this.#of(part, `remove-${target.type.kind}-${target.name}`, `Take ${target.type.kind} ${target.name} away for the restore`, {
      kind: 'objects.remove',
      objects: [{ ...target, uid: object.metadata.uid ?? '' }],
    });
  }

  restorePods(part: Part, { target, podSelector, volumes }: Carrier): Step {
    return this.#of(part, `data-${target.type.kind}-${target.name}`, `Restore the files of ${target.name} through its pods`, {
      kind: 'engine.restore',
      ...this.#restore(part.place, part.point, { labelSelector: podSelector, includedResources: ['pods', ...claimTypes] }),
      claims: claimsOf(volumes),
    });
  }

  removePods(part: Part, { target, pods }: Carrier): Step {
    const { namespace } = part.place;
    return this.#of(part, `pods-${target.type.kind}-${target.name}`, `Take away the pods that carried the files of ${target.name}`, {
      kind: 'objects.remove',
      objects: pods.map((name) => ({ type: types.pods, namespace, name })),
    });
  }

  createController(part: Part, stopped: Stopped): Step {
    const { target, replicasAfter } = stopped;
    return this.#of(part, `create-${target.type.kind}-${target.name}`, `Bring ${target.type.kind} ${target.name} back as it is`, {
      kind: 'object.create',
      target,
      manifest: manifestOf(stopped, replicasAfter),
    });
  }

  /** Claims of one point in one namespace, of however many components. */
  restoreClaims(
    place: InPlacePlace,
    point: RecoveryPoint,
    volumes: readonly RolledVolume[],
    scope: { labelSelector?: string },
    component: string | undefined,
  ): Step {
    const moves = volumes.some(({ method, late }) => method === 'data-mover' && late);
    const names = component ?? counted(volumes.length, 'volume');
    return this.step(
      `data-${place.cluster}-${place.namespace}-${point.name}`,
      `Restore the data of ${names} from ${point.name}`,
      place.cluster,
      {
        kind: 'engine.restore',
        ...this.#restore(place, point, {
          ...(this.#only(place, volumes) ?? scope),
          includedResources: claimTypes,
          ...(volumes.some(({ method }) => method === 'native-snapshot') && { namespaceMapping: { [place.namespace]: place.namespace } }),
        }),
        claims: claimsOf(volumes),
        ...(moves && { until: 'claims' }),
      },
      component === undefined ? {} : { component },
    );
  }

  endOfRestore(begun: Step): Step {
    const { action } = begun;
    if (action.kind !== 'engine.restore') throw new Error(`${begun.id} is no restore`);
    return this.step(
      `end-${begun.id}`,
      'Wait until all data is back',
      begun.cluster,
      {
        kind: 'engine.restore.end',
        engine: action.engine,
        engineNamespace: action.engineNamespace,
        restore: begun.id,
        outcome: 'success',
      },
      begun.component === undefined ? {} : { component: begun.component },
    );
  }

  objects(place: InPlacePlace, point: RecoveryPoint, id: string, title: string, objects: RestoredObject[], component?: string): Step {
    return this.step(
      `config-${id}-${place.cluster}-${place.namespace}`,
      title,
      place.cluster,
      {
        kind: 'objects.restore',
        engine: place.engine.id,
        engineNamespace: place.engineNamespace,
        source: { point: pointRef(point) },
        objects,
      },
      component === undefined ? {} : { component },
    );
  }

  prune(place: InPlacePlace, objects: (ObjectTarget & { uid: string })[]): Step {
    return this.step(
      `prune-${place.cluster}-${place.namespace}`,
      `Remove ${counted(objects.length, 'object')} that did not exist then`,
      place.cluster,
      { kind: 'objects.remove', objects },
    );
  }

  bound(part: Part): Step {
    return this.#of(part, `bound-${part.name}`, `Wait for the volumes of ${part.name}`, {
      kind: 'await.claims',
      namespace: part.place.namespace,
      claims: part.volumes.map(({ claim }) => claim),
      timeoutSeconds: this.#patience(part),
    });
  }

  ready(part: Part): Step {
    const { namespace } = part.place;
    const leastOf = (kind: string, name: string): { least?: number } => {
      const stopped = part.stopped.find(({ target }) => target.type.kind === kind && target.name === name);
      return byOperator && stopped?.byOperator ? { least: stopped.replicas } : {};
    };
    const byOperator = part.suspended.some(({ mechanism }) => stopsPods(mechanism));
    const workloads = part.scope.workloads.flatMap(({ kind, name }): AwaitedWorkload[] => {
      const type = part.place.served.find((candidate) => candidate.group === 'apps' && candidate.kind === kind);
      return type && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind) ? [{ type, namespace, name, ...leastOf(kind, name) }] : [];
    });
    return this.#of(part, `ready-${part.name}`, `Wait until ${part.name} is ready`, {
      kind: 'await.ready',
      namespaces: [namespace],
      workloads,
      timeoutSeconds: this.#patience(part),
    });
  }

  checks(part: Part): Step[] {
    return checksOfPart(part).checks.map((check, index) => this.#of(part, `check-${part.name}-${index + 1}`, titleOf(check), check));
  }

  restart(cluster: string, component: string, target: ObjectTarget): Step {
    return this.step(
      `restart-${idOf(cluster, target)}`,
      `Restart ${target.name}, which needs what went back`,
      cluster,
      { kind: 'workload.restart', target },
      { component },
    );
  }

  /** A data mover has to bring the data first: as long as twice what it is thought to take. */
  #patience(part: Part): number {
    return readyTimeout + patienceFor(part.volumes);
  }

  /** Engines of volumes alone are told which; the others select by labels. */
  #only({ engine }: InPlacePlace, volumes: readonly RolledVolume[]): { claims: string[] } | undefined {
    return engine.capabilities.configuration ? undefined : { claims: volumes.map(({ claim }) => claim) };
  }

  #restore(
    place: InPlacePlace,
    point: RecoveryPoint,
    scope: Pick<RestoreRequest, 'labelSelector' | 'claims' | 'includedResources'> & Partial<Pick<RestoreRequest, 'namespaceMapping'>>,
  ) {
    return {
      engine: place.engine.id,
      engineNamespace: place.engineNamespace,
      request: {
        point: pointRef(point),
        namespaces: [place.namespace],
        namespaceMapping: {},
        ...scope,
        rewrites: [],
        labels: { [labels.application]: nameFor(this.#inputs.status.application.name) },
        annotations: {},
      },
    };
  }

  #of({ place, name }: Part, id: string, title: string, action: StepAction): Step {
    return this.step(`${id}-${place.cluster}-${place.namespace}`, title, place.cluster, action, { component: name });
  }
}

export function keptOf({ namespace, claim, now }: RolledVolume): KeptVolume | undefined {
  return now && { namespace, claim, volume: now.volume, reclaimPolicy: now.reclaimPolicy };
}

/** The workload as it is, fit to be made again. */
export function manifestOf({ object, target }: Stopped, replicas: number) {
  const { labels: own, annotations: notes } = object.metadata;
  const kept = Object.fromEntries(
    Object.entries(notes ?? {}).filter(([key]) => !/^(deployment\.kubernetes\.io|kubectl\.kubernetes\.io\/last-applied)/.test(key)),
  );
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      name: target.name,
      ...(target.namespace !== undefined && { namespace: target.namespace }),
      ...(own && { labels: own }),
      ...(Object.keys(kept).length > 0 && { annotations: kept }),
    },
    spec: { ...(object.spec as object), replicas },
  };
}

function claimsOf(volumes: readonly RolledVolume[]) {
  return volumes.map(({ namespace, claim, now, bytes, method }) => ({
    namespace,
    claim,
    ...(now && { kept: now.volume }),
    // What did not travel tells no speed.
    ...(bytes !== undefined && isCopied(method) && { bytes }),
  }));
}

function pointRef({ id, name, namespace, cluster }: RecoveryPoint) {
  return { id, name, namespace, cluster };
}

function idOf(cluster: string, { type, namespace, name }: ObjectTarget): string {
  return `${type.kind}-${name}-${cluster}-${namespace ?? ''}`;
}

export const methodTexts: Record<Exclude<CaptureMethod, 'unknown'>, string> = {
  'csi-snapshot': 'from a snapshot in the storage',
  'data-mover': 'moved back from the storage location',
  'file-system': 'file by file through a pod',
  'native-snapshot': 'from a snapshot of the cloud',
};
