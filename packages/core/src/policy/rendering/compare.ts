import { labels } from '../../application/model.ts';
import { isRaw } from '../../application/raw.ts';
import { comparable } from '../../planning/diff/comparable.ts';
import { fieldChanges } from '../../planning/diff/fields.ts';
import { nameFor } from '../../planning/assemble.ts';
import type { Engine } from '../../ports/engine.ts';
import { type KubeObject, type ResourceType, apiVersionOf, resourceKey } from '../../ports/kubernetes.ts';
import { type ClusterReading, objectsOf } from '../../ports/reading.ts';
import type { PolicyChange, RenderedObject } from './model.ts';

/** Made by a policy of the application that this label names. Whoever puts these labels on an object of their own has given it away. */
function isOurs({ metadata }: KubeObject, label: string): boolean {
  return metadata.labels?.[labels.policy] !== undefined && metadata.labels[labels.application] === label;
}

/** Each rendered object beside what is there, and what is there of ours and not rendered any more. */
export function comparePolicies(
  application: string,
  rendered: readonly RenderedObject[],
  readings: readonly ClusterReading[],
  engines: readonly Engine[],
): PolicyChange[] {
  const label = nameFor(application);
  const changes = rendered.map((one): PolicyChange => {
    const live = liveOf(one, readings);
    if (!live) return { ...one, action: 'create' };
    if (!isOurs(live, label)) {
      return { ...one, action: 'conflict', why: `${one.type.kind} ${live.metadata.name} is there already and was not made by a policy` };
    }
    const named = withOwned(comparable(one.object, never), one.owns);
    const fields = fieldChanges(wanted(comparable(live, never), named), named);
    return fields.length === 0 ? { ...one, action: 'same' } : { ...one, action: 'change', fields };
  });
  const asked = new Set(rendered.map((one) => key(one.cluster, one.object)));
  const types = engines.flatMap(renderedTypes);
  for (const reading of readings) {
    for (const type of types) {
      for (const live of indexOf(objectsOf(reading, resourceKey(type))).byApplication.get(label) ?? []) {
        const object = { ...live, apiVersion: apiVersionOf(type), kind: type.kind };
        if (asked.has(key(reading.cluster, object))) continue;
        const policy = live.metadata.labels![labels.policy]!;
        changes.push({ application, policy, cluster: reading.cluster, type, owns: [], object, action: 'remove' });
      }
    }
  }
  return changes.toSorted((a, b) => (key(a.cluster, a.object) < key(b.cluster, b.object) ? -1 : 1));
}

/** What policies make of an engine's objects. */
function renderedTypes({ schedule, replicator }: Engine): ResourceType[] {
  return [...(schedule ? [schedule.type, ...(schedule.timetable ? [schedule.timetable.type] : [])] : []), ...(replicator?.types ?? [])];
}

const never = (): boolean => false;

function key(cluster: string, { kind, metadata }: KubeObject): string {
  return `${cluster}/${kind}/${metadata.namespace}/${metadata.name}`;
}

function liveOf({ cluster, type, object }: RenderedObject, readings: readonly ClusterReading[]): KubeObject | undefined {
  const reading = readings.find((one) => one.cluster === cluster);
  return reading && indexOf(objectsOf(reading, resourceKey(type))).byName.get(nameOf(object));
}

interface ObjectsIndex {
  /** By `namespace/name`. */
  byName: ReadonlyMap<string, KubeObject>;
  /** Made by a policy, by the label that names the application. */
  byApplication: ReadonlyMap<string, readonly KubeObject[]>;
}

/** Every application of a fleet asks about the same lists. */
const indexes = new WeakMap<readonly KubeObject[], ObjectsIndex>();

const nothing: ObjectsIndex = { byName: new Map(), byApplication: new Map() };

function indexOf(objects: readonly KubeObject[]): ObjectsIndex {
  if (objects.length === 0) return nothing;
  let index = indexes.get(objects);
  if (!index) {
    const byName = new Map<string, KubeObject>();
    const byApplication = new Map<string, KubeObject[]>();
    for (const object of objects) {
      if (!byName.has(nameOf(object))) byName.set(nameOf(object), object);
      const application = object.metadata.labels?.[labels.application];
      if (application === undefined || !isOurs(object, application)) continue;
      const list = byApplication.get(application);
      if (list) list.push(object);
      else byApplication.set(application, [object]);
    }
    index = { byName, byApplication };
    indexes.set(objects, index);
  }
  return index;
}

function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The object with its own fields named, those that are absent as undefined. */
export function withOwned(object: Record<string, unknown>, owns: readonly string[]): Record<string, unknown> {
  const copy = structuredClone(object);
  for (const path of owns) {
    const names = path.split('.');
    const last = names.pop()!;
    let parent: Record<string, unknown> = copy;
    for (const name of names) parent = (parent[name] ??= {}) as Record<string, unknown>;
    if (!(last in parent)) parent[last] = undefined;
  }
  return copy;
}

/** Only fields that are named: what the server or others add beside is not our business. Lists are compared whole. */
function wanted(value: unknown, named: unknown): unknown {
  if (!isRaw(value) || !isRaw(named)) return value;
  return Object.fromEntries(Object.keys(named).flatMap((name) => (name in value ? [[name, wanted(value[name], named[name])]] : [])));
}
