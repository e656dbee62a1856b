import { dependencyGraph } from '../../application/graph.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { types } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import type { Step } from '../model.ts';
import type { configurationOf } from './configuration.ts';
import { type Carrier, carriersOf } from './carriers.ts';
import type { InPlaceInputs, InPlacePlace } from './inputs.ts';
import { type Part, type Stopped, checksOfPart } from './part.ts';
import { stopsPods } from '../suspension.ts';
import type { StepMaker } from './steps.ts';
import type { RolledVolume } from './volumes.ts';
import { checkUnreadable } from '../verification.ts';
import { counted } from '../../text/counted.ts';

/** Kinds whose change starts pods: they go back in the order of the dependencies, everything else before them. */
const running = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob']);

/** Objects of the namespace that no component names, when the whole of it goes back. */
export interface Rest {
  place: InPlacePlace;
  point: RecoveryPoint;
  configuration: ReturnType<typeof configurationOf>;
}

export interface Assembled {
  waves: Step[][];
  warnings: Reason[];
  /** For the undo: what was made by which step. */
  safety: Map<InPlacePlace, Step>;
  restores: Step[];
  configs: { step: Step; place: InPlacePlace }[];
  prunes: { step: Step; place: InPlacePlace }[];
  controllers: { remove: Step; create: Step | undefined; part: Part; stopped: Stopped }[];
  /** Pods that carry files back, and what takes them away again. */
  carriers: { restore: Step; removePods: Step; part: Part }[];
  /** Of what depends on what goes back. */
  restarts: Step[];
}

/** The steps in their order: copy, suspend, stop, exchange the volumes, restore, start by dependencies, verify, let go. */
export function assemble(maker: StepMaker, inputs: InPlaceInputs, parts: readonly Part[], rests: readonly Rest[]): Assembled {
  const { request, places, components, mode } = inputs;
  const safety = new Map<InPlacePlace, Step>();
  const configs: Assembled['configs'] = [];
  const prunes: Assembled['prunes'] = [];
  const controllers: Assembled['controllers'] = [];
  const warnings: Reason[] = [];
  const writes = (place: InPlacePlace) =>
    [...parts, ...rests].filter((entry) => entry.place === place).map(({ configuration, point }) => ({ configuration, point }));
  const configured = places.filter((place) =>
    writes(place).some(({ configuration: { write, create, remove } }) => write.length + create.length + remove.length > 0),
  );
  // Of a namespace that is gone there is nothing to keep.
  const copied = configured.filter(({ inventory }) => inventory !== undefined);
  if (request.safetyBackup !== false) for (const place of copied) safety.set(place, maker.safetyOfObjects(place));
  const rolled = parts.filter(({ volumes }) => volumes.length > 0);
  const safetyOfData =
    request.safetyBackup === false
      ? []
      : rolled
          .filter(
            ({ place, volumes }) =>
              place.inventory !== undefined && (place.engine.capabilities.configuration || volumes.some(({ now }) => now)),
          )
          .map((part) => maker.safetyOfData(part));

  const suspended = new Map<string, { suspend: Step; resume: Step }>();
  for (const part of parts) {
    for (const entry of part.suspended) {
      const suspend = maker.suspend(part.place.cluster, entry);
      suspended.set(suspend.id, { suspend, resume: maker.resume(part.place.cluster, entry) });
    }
  }
  const stop = rolled.flatMap((part) => part.stopped.filter(({ byOperator }) => !byOperator).map((stopped) => maker.stop(part, stopped)));
  const quiet = rolled.map((part) => maker.quiet(part));
  const kept = rolled.flatMap((part) => part.volumes.filter(({ now }) => now).map((volume) => ({ part, volume })));
  const keep = kept.map(({ part, volume }) => maker.keep(part, volume));
  const removalOf = (volumes: ReadonlySet<RolledVolume>): Step[] =>
    kept.filter(({ volume }) => volumes.has(volume)).map(({ part, volume }) => maker.remove(part, volume));

  const byPods = rolled.flatMap((part) => carriersOf(part).map((carrier): Carrier & { part: Part } => ({ part, ...carrier })));
  const carriers: Assembled['carriers'] = [];
  for (const { part, stopped, ...carrier } of byPods) {
    const restore = maker.restorePods(part, carrier);
    carriers.push({ restore, removePods: maker.removePods(part, carrier), part });
    if (!stopped) continue;
    const removeStep = maker.removeController(part, stopped);
    const again = mode === 'inPlace' ? undefined : maker.createController(part, stopped);
    controllers.push({ remove: removeStep, create: again, part, stopped });
    if (mode === 'inPlace') {
      // Its captured form is written anew, for it is not there any more.
      const { target } = stopped;
      part.configuration.write = part.configuration.write.filter(
        (object) => object.type.kind !== target.type.kind || object.name !== target.name,
      );
      part.configuration.create.push({ ...target, except: [] });
    }
  }
  const handled = new Set(byPods.flatMap(({ volumes }) => volumes));
  /**
   * Groups of one namespace go one after the other, each with its own claims taken off just before: an engine brings back
   * every claim that is missing, and those of another point would come back as that point has them, or empty.
   */
  const groups: { remove: Step[]; restore: Step[] }[] = [];
  const turns = new Map<string, number>();
  for (const place of places) {
    const key = `${place.cluster}/${place.namespace}`;
    for (const point of new Set(place.points.values())) {
      const here = rolled.filter((part) => part.place === place && part.point === point);
      const volumes = here.flatMap((part) => part.volumes).filter((volume) => !handled.has(volume));
      if (volumes.length === 0) continue;
      const turn = turns.get(key) ?? 0;
      const scope: ReturnType<typeof selectorFor> = place.engine.capabilities.configuration
        ? selectorFor(place, point, volumes, parts)
        : { warnings: [] };
      warnings.push(...scope.warnings);
      const owners = here.filter((part) => part.volumes.some((volume) => !handled.has(volume)));
      const alone = owners.length === 1 ? owners[0]!.name : undefined;
      const selector = scope.labelSelector === undefined ? {} : { labelSelector: scope.labelSelector };
      const group = (groups[turn] ??= { remove: [], restore: [] });
      group.remove.push(...removalOf(new Set(volumes)));
      group.restore.push(maker.restoreClaims(place, point, volumes, selector, alone));
      turns.set(key, turn + 1);
    }
  }
  const restores = groups.flatMap(({ restore }) => restore);
  const unfinished = restores.filter(({ action }) => action.kind === 'engine.restore' && action.until === 'claims');

  const shared: Step[] = [];
  for (const place of configured) {
    const byPoint = new Map<RecoveryPoint, ReturnType<typeof writes>[number]['configuration']['write']>();
    for (const { configuration, point } of writes(place)) {
      const objects = [...configuration.create, ...configuration.write].filter(({ type }) => !running.has(type.kind));
      if (objects.length > 0) byPoint.set(point, [...(byPoint.get(point) ?? []), ...objects]);
    }
    for (const [point, objects] of byPoint) {
      const step = maker.objects(
        place,
        point,
        point.name,
        `Restore ${counted(objects.length, 'object')} of the configuration in ${place.namespace}`,
        objects,
      );
      shared.push(step);
      configs.push({ step, place });
    }
    const gone = writes(place).flatMap(({ configuration }) => configuration.remove);
    if (gone.length > 0) prunes.push({ step: maker.prune(place, gone), place });
  }

  const order = dependencyGraph(components.map(({ component }) => ({ name: component.name, dependsOn: component.dependsOn })));
  const starts: Step[][] = [];
  /** Told to stop: they are let act when it is time to start. */
  const operators: Step[] = [];
  for (const names of order.waves) {
    const here = parts.filter(({ name }) => names.includes(name));
    const objects: Step[] = [];
    const start: Step[] = [];
    const gates: Step[] = [];
    const checks: Step[] = [];
    for (const part of here) {
      const workloads = [...part.configuration.create, ...part.configuration.write].filter(({ type }) => running.has(type.kind));
      if (workloads.length > 0) {
        const step = maker.objects(part.place, part.point, part.name, `Restore ${part.name} itself`, workloads, part.name);
        objects.push(step);
        configs.push({ step, place: part.place });
      }
      for (const { create, part: owner } of controllers) if (owner === part && create) objects.push(create);
      start.push(...part.stopped.filter(({ byOperator }) => !byOperator).map((stopped) => maker.start(part, stopped)));
      for (const entry of part.suspended) {
        const step = maker.suspend(part.place.cluster, entry);
        if (!stopsPods(entry.mechanism) || !suspended.delete(step.id)) continue;
        operators.push(step);
        start.push(maker.resume(part.place.cluster, entry));
      }
      const touched = part.stopped.length > 0 || workloads.length > 0;
      if (part.volumes.length > 0 && part.stopped.some(({ replicasAfter }) => replicasAfter > 0)) gates.push(maker.bound(part));
      if (touched) {
        gates.push(maker.ready(part));
        checks.push(...maker.checks(part));
      }
    }
    starts.push(objects, start, gates, checks);
  }
  for (const { reason } of restsWithWorkloads(rests)) warnings.push(reason);
  const restWorkloads = rests.flatMap(({ place, point, configuration }) => {
    const objects = [...configuration.create, ...configuration.write].filter(({ type }) => running.has(type.kind));
    if (objects.length === 0) return [];
    const step = maker.objects(place, point, 'rest', `Restore what is left of ${place.namespace}`, objects);
    configs.push({ step, place });
    return [step];
  });
  const dependents = dependentsOf(inputs, rolled);
  const restart =
    request.restartDependents === true ? dependents.map(({ cluster, component, target }) => maker.restart(cluster, component, target)) : [];
  if (dependents.length > 0 && request.restartDependents !== true) {
    warnings.push({
      code: 'DEPENDENTS_KEEP_RUNNING',
      severity: 'info',
      message: `what depends on what goes back keeps running, and sees it away for a while, then older: ${[...new Set(dependents.map(({ component }) => component))].join(', ')}`,
      evidence: dependents.map(({ target }) => `${target.type.kind} ${target.namespace}/${target.name}`),
      fix: 'restart them with it: --restart-dependents',
    });
  }
  const unreadable = parts.flatMap((part) => checksOfPart(part).unreadable);
  if (unreadable.length > 0) warnings.push(checkUnreadable(unreadable));

  const removeControllers = controllers.map((entry) => entry.remove);
  const stagingQuiet =
    byPods.length > 0 ? rolled.filter((part) => byPods.some((entry) => entry.part === part)).map((part) => again(maker.quiet(part))) : [];
  const throughPods = carriers.map(({ restore }) => restore);
  const waves = [
    places.filter(({ inventory }) => inventory === undefined).map((place) => maker.namespace(place)),
    [...safety.values(), ...safetyOfData],
    [...[...suspended.values()].map((entry) => entry.suspend), ...operators],
    stop,
    quiet,
    keep,
    removalOf(handled),
    removeControllers,
    throughPods,
    carriers.map(({ removePods }) => removePods),
    stagingQuiet,
    ...groups.flatMap(({ remove, restore }) => [remove, restore]),
    shared,
    ...starts,
    restWorkloads,
    unfinished.map((step) => maker.endOfRestore(step)),
    prunes.map(({ step }) => step),
    restart,
    [...suspended.values()].map((entry) => entry.resume),
  ].filter((wave) => wave.length > 0);
  const prepares = /^(engine\.backup$|namespace\.|object\.)/;
  const acts = waves.some((wave) => wave.some(({ action }) => !prepares.test(action.kind)));
  return {
    waves: acts ? waves : [],
    warnings,
    safety,
    restores: [...throughPods, ...restores],
    configs,
    prunes,
    controllers,
    carriers,
    restarts: restart,
  };
}

/** The same wait once more, after the pods that carried the files. */
function again(step: Step): Step {
  return { ...step, id: `${step.id}-again` };
}

function restsWithWorkloads(rests: readonly Rest[]): { reason: Reason }[] {
  return rests.flatMap(({ place, configuration }) => {
    const names = configuration.write.filter(({ type }) => type.kind === 'StatefulSet' || type.kind === 'Deployment');
    if (names.length === 0) return [];
    const evidence = names.map(({ type, name }) => `${type.kind} ${place.namespace}/${name}`);
    return [
      {
        reason: {
          code: 'WORKLOAD_UNNAMED',
          severity: 'warning',
          cluster: place.cluster,
          message: `${names.length === 1 ? '1 workload belongs' : `${names.length} workloads belong`} to no component: the configuration goes back, the data does not`,
          evidence,
          fix: 'label them, or name them in the catalog',
        } satisfies Reason,
      },
    ];
  });
}

/**
 * Engines select by labels, and a restore of claims takes only those that are not there. When others would come along
 * that are not wanted, labels have to tell them apart.
 */
function selectorFor(
  place: InPlacePlace,
  point: RecoveryPoint,
  volumes: readonly RolledVolume[],
  parts: readonly Part[],
): { labelSelector?: string; warnings: Reason[] } {
  const claims = (place.captured.get(point.id) ?? []).filter(
    ({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.namespace === place.namespace,
  );
  const wanted = new Set(volumes.map(({ claim }) => claim));
  const promised = new Set(
    parts.filter((part) => part.place === place && part.point !== point).flatMap((part) => part.volumes.map(({ claim }) => claim)),
  );
  const there = new Set(place.live.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name));
  const strangers = claims.filter(({ metadata: { name } }) => !wanted.has(name) && !there.has(name));
  if (strangers.length === 0) return { warnings: [] };
  const own = claims.filter(({ metadata }) => wanted.has(metadata.name));
  const [first, ...others] = own;
  const common = Object.entries(first?.metadata.labels ?? {}).filter(([key, value]) =>
    others.every(({ metadata }) => metadata.labels?.[key] === value),
  );
  const tells = common.find(([key, value]) => strangers.every(({ metadata }) => metadata.labels?.[key] !== value));
  if (tells) return { labelSelector: `${tells[0]}=${tells[1]}`, warnings: [] };
  const mixed = strangers.filter(({ metadata }) => promised.has(metadata.name));
  const named = (claims: readonly KubeObject[]): string[] =>
    claims.map(({ metadata }) => `PersistentVolumeClaim ${place.namespace}/${metadata.name}`);
  if (mixed.length > 0) {
    return {
      warnings: [
        {
          code: 'CLAIMS_COME_ALONG',
          severity: 'blocker',
          cluster: place.cluster,
          message: `${mixed.map(({ metadata }) => metadata.name).join(', ')} would come back from ${point.name} instead of from the point that was chosen for it`,
          evidence: named(mixed),
          fix: 'restore these components one after the other: --component',
        },
      ],
    };
  }
  return {
    warnings: [
      {
        code: 'CLAIMS_COME_ALONG',
        severity: 'warning',
        cluster: place.cluster,
        message: `${strangers.map(({ metadata }) => metadata.name).join(', ')} does not exist now and comes back as well: no label tells it apart`,
        evidence: named(strangers),
        fix: 'delete it afterwards',
      },
    ],
  };
}

/** Workloads of components that are not rolled back and depend on one that is. */
function dependentsOf({ status, places }: InPlaceInputs, rolled: readonly Part[]) {
  const back = new Set(rolled.map(({ name }) => name));
  return status.components
    .filter(({ component }) => !back.has(component.name) && component.dependsOn.some((name) => back.has(name)))
    .flatMap(({ component, workloads }) =>
      workloads
        .filter(
          ({ kind, cluster, namespace }) =>
            (kind === 'Deployment' || kind === 'StatefulSet') &&
            places.some((place) => place.cluster === cluster && place.namespace === namespace),
        )
        .map(({ kind, cluster, namespace, name }) => ({
          cluster,
          component: component.name,
          target: { type: kind === 'Deployment' ? types.deployments : types.statefulSets, namespace, name },
        })),
    );
}
