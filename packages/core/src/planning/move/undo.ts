import type { KubeObject } from '../../ports/kubernetes.ts';
import { nameFor } from '../assemble.ts';
import type { PlanUndo, Step } from '../model.ts';
import { isStoppable } from './arriving.ts';
import type { MoveInputs, MovePart, MovePlace } from './inputs.ts';
import { type Copied, claimsInto, partId, reversedEnds, targetOf, workloadsInTheWay, writtenBefore } from './parts.ts';
import type { MoveSteps } from './steps.ts';

/**
 * The way back: the copy at the target is stopped, what was made there goes, copies go on as before, and the old copy runs again on
 * volumes that nobody touched. What was written at the target meanwhile stays there, and is lost with it: so it is a way back for as
 * long as nobody has confirmed. Where the source is silent there is none: its copy is stopped as soon as it answers (`release`).
 */
export function undoOf(inputs: MoveInputs, steps: MoveSteps, planned: boolean): PlanUndo {
  const { places, request, status } = inputs;
  const there = request.to;
  const copied = <T>(of: (place: MovePlace, part: MovePart, data: Copied) => T[]): T[] =>
    places.flatMap((place) => place.parts.flatMap((part) => (part.data.kind === 'copy' ? of(place, part, part.data) : [])));
  const silent = places.filter(({ origin }) => !origin.reachable);
  const release = releaseOf(inputs, steps);
  if (silent.length > 0) {
    return {
      text: `stop what was made on ${there}, and start the old copy again: the annotation kubectl-dr.dev/replicas tells how many of each there were`,
      possible: false,
      ...(release.length > 0 && { release }),
    };
  }
  const back = (step: Step, undoes: string, title = step.title): Step => ({ ...step, id: nameFor(`undo-${step.id}`, 250), title, undoes });
  const stop = places.map((place) => {
    const step = steps.stop({ cluster: place.cluster, namespace: place.namespace, reachable: true, ...scopeOf(place) });
    return back(step, beginningOf(place, steps), `Stop ${status.application.name} in ${place.namespace} on ${place.cluster}`);
  });
  const discard = copied((place, part, data) =>
    data.claims.map(({ claim }) => {
      const promote = steps.promote(place, part, data);
      const step: Step = {
        ...promote,
        id: `discard-${nameFor(`${claim}-${place.cluster}-${place.namespace}`, 200)}`,
        action: {
          kind: 'claim.discard',
          namespace: place.namespace,
          claim,
          engine: data.engine.id,
          engineNamespace: place.namespace,
          restore: promote.id,
        },
      };
      return back(step, promote.id, `Remove ${claim}, which was made of the copy`);
    }),
  );
  const end = copied((place, part, data) => {
    const step = steps.endPromotion(place, part, data);
    return [back(step, steps.promote(place, part, data).id)];
  });
  const each = <T>(of: (place: MovePlace, part: MovePart) => T[]): T[] =>
    places.flatMap((place) => place.parts.flatMap((part) => of(place, part)));
  const settle = each((place, part) => {
    const { data } = part;
    if (data.kind !== 'point' && data.kind !== 'capture') return [];
    const restore = data.kind === 'point' ? steps.restore(place, part, data) : steps.bringBack(place, part, data);
    return [back(steps.endOfRestore(restore, 'any'), restore.id)];
  });
  const unrestored = each((place, part) => restoredBy(place, part, steps, back));
  const rebind = each((place, part) =>
    claimsInto(part).flatMap((claim) => {
      if (!claim.now) return [];
      const { uid: _, manifest, ...kept } = claim.now;
      const keep = steps.keep(place, part, claim);
      return [
        back(
          { ...keep, action: { kind: 'volume.rebind', ...kept, manifest } },
          keep.id,
          `Put ${claim.claim} back on its volume from before`,
        ),
      ];
    }),
  );
  const recreate = each((place, part) => {
    const workloads = workloadsInTheWay(place, part);
    return workloads.map((moved) => {
      const clear = steps.clear(place, part, workloads);
      const target = targetOf(moved, place.namespace);
      const step: Step = {
        ...clear,
        id: `again-${nameFor(`${moved.object.kind}-${target.name}-${place.cluster}-${place.namespace}`, 200)}`,
        action: { kind: 'object.create', target, manifest: manifestOf(moved.live!) },
      };
      return back(step, clear.id, `Put ${moved.object.kind} ${target.name} back, stopped as it was`);
    });
  });
  const rest = copied((place, part, data) => {
    const ends = reversedEnds(data);
    const forward = steps.reverse(place, part, data, false);
    return ends.length === 0
      ? []
      : [
          back(
            { ...forward, action: { kind: 'replication.pause', engine: data.engine.id, ends, paused: true } },
            forward.id,
            `Let the copy of ${part.status.component.name} from ${place.cluster} rest`,
          ),
        ];
  });
  const goOn = copied((place, part, data) => {
    const forward = steps.promote(place, part, data);
    const ends = data.claims.flatMap(({ source, target }) => (source ? [source, target] : [target]));
    return [
      back(
        { ...forward, id: `copy-${forward.id}`, action: { kind: 'replication.pause', engine: data.engine.id, ends, paused: false } },
        forward.id,
        `Let ${part.status.component.name} be copied to ${place.cluster} again`,
      ),
    ];
  });
  const endSync = planned ? copied((place, part, data) => [back(steps.endSync(place, part, data), steps.sync(place, part, data).id)]) : [];
  const remove = places.flatMap((place) => removalsOf(place, steps, back));
  const start = places.map(({ origin }) => {
    const stopped = steps.stop(origin);
    const { cluster, namespace, labelSelectors } = origin;
    return back(
      { ...stopped, action: { kind: 'copy.start', namespace, ...(labelSelectors && { labelSelectors }) } },
      stopped.id,
      `Start ${status.application.name} in ${namespace} on ${cluster} again`,
    );
  });
  return {
    text: `back to ${[...new Set(places.map(({ origin }) => origin.cluster))].join(' and ')} as it was: what ${there} writes until then is lost`,
    possible: true,
    waves: [
      stop,
      settle,
      unrestored.flatMap(({ workloads }) => workloads),
      [...discard, ...unrestored.flatMap(({ claims }) => claims)],
      // A claim that nothing has used yet needs the image that it is made of: while it is there, the image is kept.
      end,
      rebind,
      recreate,
      rest,
      goOn,
      endSync,
      remove,
      start,
      // At last, for nothing waits for it.
      places.flatMap((place) => roomOf(place, steps, back)),
    ].filter(({ length }) => length > 0),
    ...(release.length > 0 && { release }),
  };
}

/** What came back with a point goes, and of what was there nothing: workloads first, then the claims that they held. */
function restoredBy(
  place: MovePlace,
  part: MovePart,
  steps: MoveSteps,
  back: (step: Step, undoes: string, title: string) => Step,
): { workloads: Step[]; claims: Step[] }[] {
  const { data, status } = part;
  if (data.kind !== 'point' && data.kind !== 'capture') return [];
  const { name } = status.component;
  const restore = data.kind === 'point' ? steps.restore(place, part, data) : steps.bringBack(place, part, data);
  const { engine, engineNamespace } = data;
  // With a last backup the claims alone came back.
  const made = data.kind === 'point' ? place.objects.filter(({ component, object }) => component === name && isStoppable(object)) : [];
  const remove: Step = {
    ...restore,
    id: `unrestore-${partId(place, part)}`,
    action: {
      kind: 'objects.remove',
      objects: made.map((moved) => targetOf(moved, place.namespace)),
      restored: { engine: engine.id, engineNamespace, restore: restore.id },
    },
  };
  const discard = data.claims.map(({ claim }): Step => {
    const step: Step = {
      ...restore,
      id: `discard-${nameFor(`${claim}-${place.cluster}-${place.namespace}`, 200)}`,
      action: { kind: 'claim.discard', namespace: place.namespace, claim, engine: engine.id, engineNamespace, restore: restore.id },
    };
    return back(step, restore.id, `Remove ${claim}, which came back with the ${data.kind === 'point' ? 'point' : 'last backup'}`);
  });
  return [
    { workloads: made.length > 0 ? [back(remove, restore.id, `Remove ${name}, which came back with the point`)] : [], claims: discard },
  ];
}

/** As it has to be made again. */
function manifestOf({ apiVersion, kind, metadata, spec }: KubeObject): KubeObject {
  const { name, namespace, labels: own, annotations: notes = {} } = metadata;
  const kept = Object.entries(notes).filter(([key]) => !/^(deployment\.kubernetes\.io|kubectl\.kubernetes\.io\/last-applied)/.test(key));
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(own && { labels: own }),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    },
    spec,
  };
}

/** The first step that writes something at the target: before it there is nothing to stop. */
function beginningOf(place: MovePlace, steps: MoveSteps): string {
  const before = writtenBefore(place);
  return before.length > 0 ? steps.carry(place, before, 'before').id : steps.stop(place.origin).id;
}

function scopeOf({ exclusive, parts }: MovePlace): { labelSelectors?: string[] } {
  const selectors = parts.map(({ labelSelector }) => labelSelector);
  return exclusive || selectors.includes(undefined) ? {} : { labelSelectors: [...new Set(selectors as string[])] };
}

/** What this operation made, and nothing that was there before. */
function removalsOf(place: MovePlace, steps: MoveSteps, back: (step: Step, undoes: string, title: string) => Step): Step[] {
  const made = place.objects.filter(({ live }) => live === undefined);
  if (made.length === 0) return [];
  const step: Step = {
    id: `remove-${nameFor(`${place.cluster}-${place.namespace}`, 200)}`,
    title: '',
    cluster: place.cluster,
    action: { kind: 'objects.remove', objects: made.map((moved) => targetOf(moved, place.namespace)) },
  };
  return [back(step, beginningOf(place, steps), `Remove what was written in ${place.namespace} on ${place.cluster}`)];
}

/** The namespace that was made for it, unless something has come to be in it that is not taken back: a copy that rests, or anybody's. */
function roomOf(place: MovePlace, steps: MoveSteps, back: (step: Step, undoes: string, title: string) => Step): Step[] {
  if (place.exists) return [];
  const made = steps.createNamespace(place);
  const action = { kind: 'namespace.remove.empty', namespace: place.namespace, timeoutSeconds: 600 } as const;
  return [back({ ...made, action }, made.id, `Remove the namespace ${place.namespace} if nothing is in it`)];
}

/** What is given up, and what a silent cluster still owes. */
function releaseOf({ places }: MoveInputs, steps: MoveSteps): Step[][] {
  const silent = places.filter(({ origin }) => !origin.reachable);
  const volumes = places.flatMap((place) =>
    place.parts.flatMap((part) =>
      claimsInto(part).flatMap((claim) => {
        if (!claim.now) return [];
        const { uid: _, manifest: __, ...kept } = claim.now;
        const keep = steps.keep(place, part, claim);
        return [
          {
            ...keep,
            id: nameFor(`release-${keep.id}`, 250),
            title: `Give up the volume of ${claim.claim} from before`,
            action: { kind: 'volume.release' as const, ...kept },
          },
        ];
      }),
    ),
  );
  const reverse = silent.flatMap((place) =>
    place.parts.flatMap((part) =>
      part.data.kind === 'copy' && part.data.reverse ? [steps.reverse(place, part, part.data, false, 'reverse-old')] : [],
    ),
  );
  return [silent.map(({ origin }) => steps.stop(origin, 'stop-old')), reverse, volumes].filter(({ length }) => length > 0);
}
