import { annotations, labels } from '../../application/model.ts';
import type { RestoreRequest } from '../../ports/engine.ts';
import { counted } from '../../text/counted.ts';
import { nameFor } from '../assemble.ts';
import type { CarriedObject, Step, StepAction } from '../model.ts';
import { titleOf } from '../verification.ts';
import { isStoppable, replicasOf } from './arriving.ts';
import type { MoveInputs, MovePart, MovePlace, MovedObject, Origin, PartData } from './inputs.ts';
import { type Captured, type Copied, type ThereClaim, endsOf, isAwaited, namesOf, partId, stoppableOf, targetOf } from './parts.ts';
import { claimTypes, patienceFor } from '../claim-restore.ts';
import { stopCopy } from '../stop-copy.ts';

/** For workloads to become ready, seconds. */
const readyTimeout = 600;
/** For a last backup to arrive at the target, seconds: an engine reads a location each minute, storage may copy it in a quarter of an hour. */
const arrivalTimeout = 1_800;

/** Each step of a move, by the place and part that it is for: the same inputs give the same ids, so that the way back can name them. */
export class MoveSteps {
  readonly #inputs: MoveInputs;

  constructor(inputs: MoveInputs) {
    this.#inputs = inputs;
  }

  stop(origin: Origin, id = 'stop', accepted?: string): Step {
    return stopCopy(this.#inputs.status.application.name, origin, id, accepted);
  }

  createNamespace({ cluster, namespace, namespaceLabels, owner }: MovePlace): Step {
    const { application } = this.#inputs.status;
    return {
      id: `prepare-${nameFor(`${cluster}-${namespace}`, 200)}`,
      title: `Create the namespace ${namespace}`,
      cluster,
      action: {
        kind: 'namespace.create',
        namespace,
        labels: { ...namespaceLabels, [labels.application]: nameFor(application.name) },
        annotations: owner === undefined ? {} : { [annotations.owner]: owner },
      },
    };
  }

  carry(place: MovePlace, objects: readonly MovedObject[], when: 'before' | 'after', component?: string): Step {
    const { cluster, namespace, from } = place;
    const what = component === undefined ? counted(objects.length, 'object') : `what else ${component} needs`;
    return {
      id: `${when === 'before' ? 'write' : 'add'}-${nameFor(component ?? 'all', 50)}-${nameFor(`${cluster}-${namespace}`, 150)}`,
      title: when === 'before' ? `Write ${what} of ${namespace}, stopped` : `Write ${what} in ${namespace}`,
      cluster,
      ...(component !== undefined && { component }),
      action: {
        kind: 'objects.carry',
        from,
        namespace,
        objects: objects.map((moved): CarriedObject => ({
          ...targetOf(moved, namespace),
          ...(isStoppable(moved.object) && { stopped: true }),
        })),
        mapping: this.#inputs.mapping,
      },
    };
  }

  sync(place: MovePlace, part: MovePart, data: Copied): Step {
    const { name } = part.status.component;
    return {
      id: `sync-${partId(place, part)}`,
      title: `Copy ${namesOf(data)} of ${name} to ${place.cluster} once more`,
      cluster: place.cluster,
      component: name,
      action: { kind: 'replication.sync', engine: data.engine.id, ...endsOf(place, data), quiesced: true },
    };
  }

  endSync(place: MovePlace, part: MovePart, data: Copied): Step {
    const sync = this.sync(place, part, data);
    return {
      id: `end-${sync.id}`,
      title: `Let the copy of ${part.status.component.name} be as it was`,
      cluster: place.cluster,
      component: part.status.component.name,
      action: { kind: 'replication.sync.end', engine: data.engine.id, sync: sync.id, ...endsOf(place, data) },
    };
  }

  keep({ cluster }: MovePlace, part: MovePart, { claim, now }: ThereClaim): Step {
    const { uid: _, manifest: __, ...kept } = now!;
    return {
      id: `keep-${nameFor(`${claim}-${cluster}-${kept.namespace}`, 200)}`,
      title: `Keep the volume of ${claim} that is there from before`,
      cluster,
      component: part.status.component.name,
      action: { kind: 'volume.keep', ...kept },
    };
  }

  makeRoom({ cluster, namespace }: MovePlace, part: MovePart, { claim, now }: ThereClaim): Step {
    return {
      id: `room-${nameFor(`${claim}-${cluster}-${namespace}`, 200)}`,
      title: `Make room for ${claim}; its volume is kept`,
      cluster,
      component: part.status.component.name,
      action: { kind: 'claim.remove', namespace, claim, uid: now!.uid, volume: now!.volume },
    };
  }

  /** Of volumes that nothing writes to any more. */
  capture({ origin }: MovePlace, part: MovePart, data: Captured): Step {
    const { name } = part.status.component;
    return {
      id: `capture-${nameFor(name, 50)}-${nameFor(`${origin.cluster}-${origin.namespace}`, 150)}`,
      title: `Back up ${namesOf(data)} of ${name} on ${origin.cluster} for the last time`,
      cluster: origin.cluster,
      component: name,
      action: { kind: 'engine.backup', engine: data.engine.id, engineNamespace: data.sourceNamespace, request: data.request },
    };
  }

  /** Before anything makes room at the target. */
  arrive(place: MovePlace, part: MovePart, data: Captured): Step {
    const { name } = part.status.component;
    return {
      id: `arrive-${partId(place, part)}`,
      title: `Wait until the last backup of ${name} has arrived on ${place.cluster}`,
      cluster: place.cluster,
      component: name,
      action: {
        kind: 'point.await',
        engine: data.engine.id,
        engineNamespace: data.engineNamespace,
        backup: this.capture(place, part, data).id,
        claims: data.claims.map(({ claim }) => ({ namespace: place.origin.namespace, claim })),
        timeoutSeconds: arrivalTimeout,
      },
    };
  }

  /** The claims alone: the rest is written from the source. Their data may wait for the pods that use them. */
  bringBack(place: MovePlace, part: MovePart, data: Captured): Step {
    const { component } = part.status;
    const { name, labelSelector } = data.request;
    const { cluster, namespace, origin } = place;
    return {
      id: `restore-${partId(place, part)}`,
      title: `Bring ${namesOf(data)} of ${component.name} back from the last backup`,
      cluster,
      component: component.name,
      action: {
        kind: 'engine.restore',
        engine: data.engine.id,
        engineNamespace: data.engineNamespace,
        request: this.#request(place, data, {
          point: { id: `${cluster}/${data.engine.id}/${data.engineNamespace}/${name}`, name, namespace: data.engineNamespace, cluster },
          from: origin.namespace,
          ...(labelSelector !== undefined && { labelSelector }),
          includedResources: claimTypes,
        }),
        claims: data.claims.map(({ claim, now, bytes }) => ({
          namespace,
          claim,
          ...(now && { kept: now.volume }),
          ...(bytes !== undefined && { bytes }),
        })),
        until: 'claims',
        captured: this.capture(place, part, data).id,
      },
    };
  }

  endOfRestore({ id, cluster, component, action }: Step, outcome: 'success' | 'any'): Step {
    if (action.kind !== 'engine.restore') throw new Error(`${id} is no restore`);
    const { engine, engineNamespace } = action;
    return {
      id: `end-${id}`,
      title: outcome === 'success' ? `Wait until all data of ${component} is back` : 'Make sure that the engine writes no more',
      cluster,
      ...(component !== undefined && { component }),
      action: { kind: 'engine.restore.end', engine, engineNamespace, restore: id, outcome },
    };
  }

  /** Takes away stopped workloads of an earlier stay whose like comes back with a point. */
  clear(place: MovePlace, part: MovePart, workloads: readonly MovedObject[]): Step {
    return {
      id: `clear-${partId(place, part)}`,
      title: `Make room for ${part.status.component.name} in ${place.namespace}: what stands still there from before goes`,
      cluster: place.cluster,
      component: part.status.component.name,
      action: {
        kind: 'objects.remove',
        objects: workloads.map((moved) => ({ ...targetOf(moved, place.namespace), uid: moved.live?.metadata.uid ?? '' })),
      },
    };
  }

  promote(place: MovePlace, part: MovePart, data: Copied): Step {
    const { application } = this.#inputs.status;
    const { name } = part.status.component;
    const manifests = data.claims.flatMap(({ manifest }) => manifest ?? []);
    return {
      id: `promote-${partId(place, part)}`,
      title: `Make ${namesOf(data)} of ${name} out of its copy${data.asOf === undefined ? '' : ` as of ${data.asOf}`}`,
      cluster: place.cluster,
      component: name,
      action: {
        kind: 'replication.promote',
        engine: data.engine.id,
        request: {
          targets: data.claims.map(({ target }) => target),
          ...(manifests.length > 0 && { claims: manifests }),
          ...(data.asOf !== undefined && { asOf: data.asOf }),
          labels: { [labels.application]: nameFor(application.name) },
          annotations: {},
        },
      },
    };
  }

  endPromotion(place: MovePlace, part: MovePart, data: Copied): Step {
    const promote = this.promote(place, part, data);
    const { request } = promote.action as Extract<StepAction, { kind: 'replication.promote' }>;
    return {
      id: `end-${promote.id}`,
      title: `Take away what is left of making the volumes of ${part.status.component.name}`,
      cluster: place.cluster,
      component: part.status.component.name,
      action: { kind: 'replication.promote.end', engine: data.engine.id, promote: promote.id, request },
    };
  }

  restore(place: MovePlace, part: MovePart, data: Extract<PartData, { kind: 'point' }>): Step {
    const { component } = part.status;
    const { point, labelSelector } = data;
    return {
      id: `restore-${partId(place, part)}`,
      title: `Restore ${component.name} into ${place.namespace}`,
      cluster: place.cluster,
      component: component.name,
      action: {
        kind: 'engine.restore',
        engine: data.engine.id,
        engineNamespace: data.engineNamespace,
        request: this.#request(place, data, {
          point: { id: point.id, name: point.name, namespace: point.namespace, cluster: point.cluster },
          from: place.from.namespace,
          ...(labelSelector !== undefined && { labelSelector }),
        }),
      },
    };
  }

  /** What an engine is asked to bring back, under the names of the target; `from`: the namespace as it was captured. */
  #request(
    { namespace }: MovePlace,
    { rewrites }: Pick<Captured, 'rewrites'>,
    { from, ...what }: Pick<RestoreRequest, 'point' | 'labelSelector' | 'includedResources'> & { from: string },
  ): Omit<RestoreRequest, 'name'> {
    const { application } = this.#inputs.status;
    return {
      ...what,
      namespaces: [from],
      namespaceMapping: { [from]: namespace },
      rewrites,
      labels: { [labels.application]: nameFor(application.name) },
      annotations: {},
    };
  }

  start(place: MovePlace, part: MovePart): Step {
    const targets = stoppableOf(place, part);
    return {
      id: `start-${partId(place, part)}`,
      title: `Start ${part.status.component.name} in ${place.namespace}`,
      cluster: place.cluster,
      component: part.status.component.name,
      action: { kind: 'copy.start', namespace: place.namespace, workloads: targets },
    };
  }

  /** What belongs to no component: cron jobs and the like, when everything else works. */
  startRest({ cluster, namespace }: MovePlace, objects: readonly MovedObject[]): Step {
    return {
      id: `start-rest-${nameFor(`${cluster}-${namespace}`, 150)}`,
      title: `Start what else is in ${namespace}`,
      cluster,
      action: { kind: 'copy.start', namespace, workloads: objects.map((moved) => targetOf(moved, namespace)) },
    };
  }

  ready(place: MovePlace, part: MovePart): Step {
    const objects = place.objects.filter(({ component, object }) => component === part.status.component.name && isAwaited(object.kind));
    const { name } = part.status.component;
    return {
      id: `ready-${partId(place, part)}`,
      title: `Wait until ${name} in ${place.namespace} is ready`,
      cluster: place.cluster,
      component: name,
      action: {
        kind: 'await.ready',
        namespaces: [place.namespace],
        ...(part.data.kind === 'point'
          ? part.labelSelector !== undefined && { labelSelector: part.labelSelector }
          : {
              workloads: objects.map((moved) => ({
                ...targetOf(moved, place.namespace),
                ...(moved.object.kind !== 'DaemonSet' && { least: replicasOf(moved.object) }),
              })),
            }),
        timeoutSeconds: readyTimeout + (part.data.kind === 'capture' ? patienceFor(part.data.claims) : 0),
      },
    };
  }

  checks(place: MovePlace, part: MovePart): Step[] {
    return part.checks.checks.map((action, index) => ({
      id: `check-${partId(place, part)}-${index + 1}`,
      title: titleOf(action),
      cluster: place.cluster,
      component: part.status.component.name,
      action,
    }));
  }

  reverse(place: MovePlace, part: MovePart, data: Copied, accepted: boolean, id = 'reverse'): Step {
    const { target } = data.reverse!;
    return {
      id: `${id}-${partId(place, part)}`,
      title: `Copy ${part.status.component.name} from ${place.cluster} to ${target.cluster} from now on`,
      cluster: place.cluster,
      component: part.status.component.name,
      action: {
        kind: 'replication.reverse',
        engine: data.engine.id,
        request: data.reverse!,
        former: data.claims.flatMap(({ source, target: end }) => (source ? [source, end] : [end])),
        ...(accepted && { accepted: true }),
      },
    };
  }
}
