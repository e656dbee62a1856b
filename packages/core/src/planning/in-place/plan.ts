import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { type PlanDraft, ofApplication } from '../assemble.ts';
import { checkTarget } from '../checks/target.ts';
import { canonicalJson, sha256 } from '../hash.ts';
import { comparable } from '../diff/comparable.ts';
import { marksOf } from '../diff/marks.ts';
import { skewOf, skewReasons, timeOfPoint } from '../recovery-set.ts';
import { newestOf } from '../select-point.ts';
import { objectKey } from '../live-objects.ts';
import type { Change } from '../model.ts';
import { configurationOf } from './configuration.ts';
import { dataLossOf, estimateOf } from './figures.ts';
import type { InPlaceInputs, InPlacePlace } from './inputs.ts';
import { type Part, partOf } from './part.ts';
import { safetyMarksOf } from './safety-name.ts';
import { StepMaker, methodTexts } from './steps.ts';
import { undoOf } from './undo.ts';
import type { RolledVolume } from './volumes.ts';
import { type Rest, assemble } from './waves.ts';

/**
 * Takes components back to what a point holds, where they are. What was read is in the inputs; this decides, and touches
 * nothing. The procedure is the one that each volume's way of capture demands: old volumes are kept, claims made anew.
 */
export async function planInPlace(inputs: InPlaceInputs): Promise<PlanDraft> {
  const { request, mode, status, components, places } = inputs;
  const { application } = status;
  const blockers: Reason[] = [...inputs.blockers];
  const warnings: Reason[] = [];
  const changes: Change[] = [];
  const taken = new Map<InPlacePlace, Set<string>>(places.map((place) => [place, new Set()]));
  const parts = places.flatMap((place) =>
    place.components.flatMap((entry) => {
      const point = place.points.get(entry.status.component.name);
      return point ? [partOf(place, entry, point, { mode, prune: request.prune === true, taken: taken.get(place)! })] : [];
    }),
  );
  for (const part of parts) {
    blockers.push(...part.blockers);
    warnings.push(...part.warnings);
    changes.push(...part.configuration.changes, ...part.volumes.map((volume) => dataChange(part, volume)));
  }
  const rests = mode === 'dataOnly' ? [] : places.flatMap((place) => restOf(place, request.prune === true, taken.get(place)!));
  for (const { configuration } of rests) {
    blockers.push(...configuration.blockers);
    warnings.push(...configuration.warnings);
    changes.push(...configuration.changes);
  }
  const basis = await basisOf(parts, places, mode);
  const maker = new StepMaker(inputs, await safetyMarksOf(inputs, basis));
  const assembled = assemble(maker, inputs, parts, rests);
  const checked = places.map((place) => checkTarget(place, parts, mode));
  blockers.push(...checked.flatMap((found) => found.blockers), ...assembled.warnings.filter(({ severity }) => severity === 'blocker'));
  warnings.push(...checked.flatMap((found) => found.warnings), ...assembled.warnings.filter(({ severity }) => severity !== 'blocker'));
  if (assembled.waves.length === 0 && blockers.length === 0) blockers.push(nothingToDo(parts));
  const points = parts.map(({ name, place, point }) => ({
    component: name,
    cluster: place.cluster,
    namespace: place.namespace,
    pointId: point.id,
    name: point.name,
    capturedAt: point.capturedAt ?? '',
  }));
  const times = parts.flatMap(({ name, point }) => timeOfPoint(name, point));
  const skew = skewOf(times);
  for (const reason of mode === 'configOnly' ? [] : skewReasons(times, components))
    (reason.severity === 'blocker' ? blockers : warnings).push(reason);
  const estimate = estimateOf(parts, inputs.past);
  return {
    intent: 'Restore',
    request,
    ...ofApplication(application),
    components: components.map(({ component }) => component.name),
    points,
    target: places.map(({ cluster, namespace }) => ({ cluster, namespaces: [namespace] })),
    mode,
    waves: assembled.waves,
    changes: changes.sort((a, b) => orderOf(a).localeCompare(orderOf(b))),
    dataLoss: dataLossOf(parts, mode),
    ...(estimate && { estimate }),
    ...(skew > 0 && { skewSeconds: skew }),
    blockers: distinct(blockers),
    warnings: distinct(warnings),
    undo: undoOf(maker, inputs, parts, assembled),
    basis,
    home: inputs.home,
  };
}

function restOf(place: InPlacePlace, prune: boolean, taken: Set<string>): Rest[] {
  const point = newestOf([...place.points.values()]);
  if (!place.exclusive || !point) return [];
  const everything = { owns: () => true, shared: () => false };
  return [{ place, point, configuration: configurationOf(place, undefined, everything, point, { prune, taken, except: () => [] }) }];
}

function dataChange({ name, place, point }: Part, { claim, now, method, namespace }: RolledVolume): Change {
  return {
    action: now ? 'change' : 'create',
    cluster: place.cluster,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
    name: claim,
    component: name,
    fields: [
      {
        path: 'data',
        ...(now && { from: `as it is now, on ${now.volume}, which is kept` }),
        to: `as of ${point.capturedAt ?? point.name}`,
        why: methodTexts[method],
      },
    ],
  };
}

function nothingToDo(parts: readonly Part[]): Reason {
  return {
    code: 'NOTHING_TO_DO',
    severity: 'blocker',
    message: `nothing differs from ${[...new Set(parts.map(({ point }) => point.name))].join(', ') || 'the point'}, so there is nothing to restore`,
    fix: 'choose another point, or another mode',
  };
}

/** What the plan was computed from: points, and the meaning of every live object that it is about. */
async function basisOf(parts: readonly Part[], places: readonly InPlacePlace[], mode: string): Promise<Record<string, string>> {
  const basis: Record<string, string> = {};
  for (const place of places) {
    for (const point of new Set(place.points.values())) basis[`${place.cluster}/${point.id}`] = `${point.uid ?? ''} ${point.phase}`;
    const mine = parts.filter((part) => part.place === place);
    const relevant = place.live.filter((object) => {
      if (object.kind === 'Pod' || (object.metadata.ownerReferences ?? []).some((owner) => owner.controller)) return false;
      if (mode === 'dataOnly') return mine.some((part) => isUsed(part, object));
      return place.exclusive || mine.some((part) => part.scope.owns(object));
    });
    await Promise.all(
      relevant.map(async (object) => {
        basis[`${place.cluster}/${object.kind} ${place.namespace}/${object.metadata.name}`] = await versionOf(
          object,
          marksOf(place.engine),
        );
      }),
    );
  }
  return Object.fromEntries(Object.entries(basis).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isUsed({ volumes, stopped, suspended }: Part, object: KubeObject): boolean {
  const key = objectKey(object);
  return (
    volumes.some(({ claim }) => key === `/PersistentVolumeClaim/${claim}`) ||
    stopped.some(({ object: workload }) => key === objectKey(workload)) ||
    suspended.some(({ target }) => target.type.kind === object.kind && target.name === object.metadata.name)
  );
}

/** A status that changes all the time makes no plan stale; the values of a Secret are not told, not even as a digest. */
async function versionOf(object: KubeObject, isMark: (key: string) => boolean): Promise<string> {
  const { uid = '', resourceVersion = '' } = object.metadata;
  if (object.kind === 'Secret') return `${uid} ${resourceVersion}`;
  return `${uid} ${(await sha256(canonicalJson(comparable(object, isMark)))).slice(0, 12)}`;
}

function orderOf({ cluster, namespace, kind, name }: Change): string {
  return `${cluster}/${namespace}/${kind}/${name}`;
}

function distinct(reasons: readonly Reason[]): Reason[] {
  return [
    ...new Map(reasons.map((reason) => [canonicalJson([reason.code, reason.message, reason.component, reason.cluster]), reason])).values(),
  ];
}
