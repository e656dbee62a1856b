import { formatDuration } from '../../policy/duration.ts';
import { nameFor } from '../assemble.ts';
import { releaseOf } from '../left-behind.ts';
import type { PlanUndo, RestoredObject, Step } from '../model.ts';
import type { InPlaceInputs } from './inputs.ts';
import type { Part } from './part.ts';
import { type StepMaker, keptOf, manifestOf } from './steps.ts';
import { stopsPods } from '../suspension.ts';
import type { Assembled } from './waves.ts';
import { counted } from '../../text/counted.ts';

const day = 24 * 3_600_000;

/**
 * The way back, made together with the way there: every step names the forward step it takes back, and runs only when
 * that was begun. Nothing of it depends on how far the restore came.
 */
export function undoOf(maker: StepMaker, inputs: InPlaceInputs, parts: readonly Part[], assembled: Assembled): PlanUndo {
  const { request } = inputs;
  const back = (step: Step, undoes: string): Step => ({ ...step, id: `undo-${step.id}`, undoes });
  const rolled = parts.filter(({ volumes }) => volumes.length > 0);
  const kept = rolled.flatMap((part) => part.volumes.filter(({ now }) => now).map((volume) => ({ part, volume })));
  const suspensions = new Map(
    parts.flatMap((part) => part.suspended.map((entry) => [maker.suspend(part.place.cluster, entry).id, { part, entry }] as const)),
  );

  const settle = assembled.restores.map((step) => {
    const end = maker.endOfRestore(step);
    if (end.action.kind !== 'engine.restore.end') return end;
    return back({ ...end, title: 'Make sure that the engine writes no more', action: { ...end.action, outcome: 'any' } }, step.id);
  });
  const suspend = [...suspensions.values()].map(({ part, entry }) => {
    const step = maker.suspend(part.place.cluster, entry);
    return back(step, step.id);
  });
  const stop = rolled.flatMap((part) =>
    scaled(part).map((stopped) => {
      const step = maker.stop(part, stopped);
      if (step.action.kind === 'workload.scale') step.action.ifPresent = true;
      return back(step, step.id);
    }),
  );
  // What stands there now came out of the point: the restored controller, and pods without one.
  const removeControllers = assembled.controllers.map(({ remove, part, stopped }) => {
    const objects = [{ type: stopped.target.type, namespace: stopped.target.namespace!, name: stopped.target.name }];
    return back({ ...maker.removeController(part, stopped), action: { kind: 'objects.remove', objects } }, remove.id);
  });
  const removePods = assembled.carriers.map(({ restore, removePods: step }) => back(step, restore.id));
  const quiet = rolled.map((part) => {
    const step = maker.quiet(part);
    return back(step, step.id);
  });
  const rebind = kept.map(({ part, volume }) =>
    back(
      {
        ...maker.keep(part, volume),
        title: `Put ${volume.claim} back on its old volume`,
        action: { kind: 'volume.rebind', ...keptOf(volume)!, manifest: volume.now!.manifest },
      },
      maker.keep(part, volume).id,
    ),
  );
  // What came back without having been there goes before anything waits: its pods hold the volumes.
  const created: Step[] = [];
  const config = assembled.configs.flatMap(({ step, place }) => {
    if (step.action.kind !== 'objects.restore') return [];
    const safety = assembled.safety.get(place);
    const { objects } = step.action;
    const isThere = (object: RestoredObject): boolean =>
      place.live.some((live) => live.kind === object.type.kind && live.metadata.name === object.name);
    const recreated = (object: RestoredObject): boolean =>
      assembled.controllers.some(({ stopped: { target } }) => target.type.kind === object.type.kind && target.name === object.name);
    const changed = objects.filter((object) => isThere(object) && !recreated(object));
    const fresh = objects.filter((object) => !isThere(object));
    if (fresh.length > 0)
      created.push(
        back(
          {
            ...step,
            id: `${step.id}-created`,
            title: `Remove ${counted(fresh.length, 'object')} that the restore created`,
            action: {
              kind: 'objects.remove',
              objects: fresh.map(({ type, namespace, name }) => ({ type, ...(namespace !== undefined && { namespace }), name })),
            },
          },
          step.id,
        ),
      );
    if (!safety || changed.length === 0) return [];
    return [
      back(
        {
          ...step,
          title: `Write back ${counted(changed.length, 'object')} as ${changed.length === 1 ? 'it was' : 'they were'}`,
          action: { ...step.action, source: { backup: safety.id }, objects: changed },
        },
        step.id,
      ),
    ];
  });
  const discard = assembled.restores.flatMap((step) => {
    const { action } = step;
    if (action.kind !== 'engine.restore') return [];
    return (action.claims ?? [])
      .filter(({ kept }) => kept === undefined)
      .map(({ namespace, claim }) =>
        back(
          {
            ...step,
            id: nameFor(`discard-${claim}-${step.cluster}-${namespace}`, 240),
            title: `Remove ${claim}, which was not there before`,
            action: {
              kind: 'claim.discard',
              namespace,
              claim,
              engine: action.engine,
              engineNamespace: action.engineNamespace,
              restore: step.id,
            },
          },
          step.id,
        ),
      );
  });
  const pruned = assembled.prunes.flatMap(({ step, place }) => {
    const safety = assembled.safety.get(place);
    if (step.action.kind !== 'objects.remove' || !safety) return [];
    const objects = step.action.objects.map(({ type, namespace, name }) => ({ type, ...(namespace !== undefined && { namespace }), name }));
    return [
      back(
        {
          ...step,
          title: `Bring back ${counted(objects.length, 'object')} that ${objects.length === 1 ? 'was' : 'were'} removed`,
          action: {
            kind: 'objects.restore',
            engine: place.engine.id,
            engineNamespace: place.engineNamespace,
            source: { backup: safety.id },
            objects,
          },
        },
        step.id,
      ),
    ];
  });
  const controllers = assembled.controllers.map(({ remove, part, stopped }) =>
    back(
      {
        ...remove,
        id: `create-${remove.id}`,
        title: `Bring ${stopped.target.type.kind} ${stopped.target.name} back as it was`,
        action: { kind: 'object.create', target: stopped.target, manifest: manifestOf(stopped, stopped.replicas) },
        component: part.name,
      },
      remove.id,
    ),
  );
  const start = rolled.flatMap((part) =>
    scaled(part).map((stopped) => back(maker.start(part, { ...stopped, replicasAfter: stopped.replicas }), maker.stop(part, stopped).id)),
  );
  const ready = parts.flatMap((part) => {
    const [first] = scaled(part);
    const operator = part.suspended.find(({ mechanism }) => stopsPods(mechanism));
    const stopped = first
      ? maker.stop(part, first)
      : operator && part.stopped.length > 0
        ? maker.suspend(part.place.cluster, operator)
        : undefined;
    return stopped ? [back(maker.ready(part), stopped.id)] : [];
  });
  // They were started on what is taken away again.
  const restart = assembled.restarts.map((step) => back(step, step.id));
  const resumed = (early: boolean) =>
    [...suspensions.values()]
      .filter(({ entry }) => stopsPods(entry.mechanism) === early)
      .map(({ part, entry }) => {
        const { after: _, ...before } = entry;
        const step = maker.resume(part.place.cluster, { ...before, ...(entry.previous !== undefined && { after: entry.previous }) });
        return back(step, maker.suspend(part.place.cluster, entry).id);
      });
  // Of a snapshot in the storage an object stays behind, which the new volume was made from; data that is copied leaves none.
  const fromSnapshots = new Set(
    rolled.flatMap(({ place, volumes }) =>
      place.engine.releaseRestore
        ? volumes.filter(({ method }) => method === 'csi-snapshot').map(({ namespace, claim }) => `${place.cluster}/${namespace}/${claim}`)
        : [],
    ),
  );
  const left = assembled.restores
    .filter(
      ({ action, cluster }) =>
        action.kind === 'engine.restore' &&
        action.claims?.some(({ namespace, claim }) => fromSnapshots.has(`${cluster}/${namespace}/${claim}`)),
    )
    .map((step) => ({ step: releaseOf(step), restore: step.id }));
  const waves = [
    settle,
    suspend,
    stop,
    removeControllers,
    removePods,
    created,
    quiet,
    [...rebind, ...discard],
    config,
    pruned,
    controllers,
    [...start, ...resumed(true)],
    ready,
    restart,
    resumed(false),
    left.map(({ step, restore }) => back(step, restore)),
  ].filter((wave) => wave.length > 0);
  const release = kept.map(({ part, volume }) => ({
    ...maker.keep(part, volume),
    id: `release-${maker.keep(part, volume).id}`,
    title: `Give up the old volume of ${volume.claim}`,
    action: { kind: 'volume.release' as const, ...keptOf(volume)! },
  }));
  const complete = assembled.configs.length + assembled.prunes.length === 0 || request.safetyBackup !== false;
  return {
    text: textOf(
      kept.length,
      rolled.flatMap(({ volumes }) => volumes).length - kept.length,
      inputs.places.filter(({ inventory }) => inventory === undefined).map(({ namespace }) => namespace),
      assembled.configs.length + assembled.prunes.length > 0,
      complete,
      request.undoWindow ?? day,
    ),
    possible: complete,
    waves,
    ...(release.length + left.length > 0 && {
      release: [release, left.map(({ step }) => ({ ...step, id: `release-${step.id}` }))].filter((wave) => wave.length > 0),
    }),
  };
}

/** Those whose operator stops them are not scaled. */
function scaled({ stopped }: Part): Part['stopped'] {
  return stopped.filter(({ byOperator }) => !byOperator);
}

function textOf(volumes: number, fresh: number, made: readonly string[], config: boolean, complete: boolean, window: number): string {
  const parts = [
    ...(volumes > 0
      ? [
          `${counted(volumes, 'old volume')} ${volumes === 1 ? 'is' : 'are'} kept and put back; what is written to the new ones until then is lost`,
        ]
      : []),
    ...(fresh > 0 ? [`${counted(fresh, 'claim')} that did not exist before ${fresh === 1 ? 'is' : 'are'} removed again`] : []),
    ...made.map((namespace) => `the namespace ${namespace} stays, empty`),
    ...(config && complete ? ['the configuration is written back from the safety backup'] : []),
    ...(config && !complete ? ['the configuration cannot be written back: no safety backup was asked for'] : []),
  ];
  return `within ${formatDuration(window)}, by kubectl dr undo: ${parts.join('; ') || 'everything is put back'}`;
}
