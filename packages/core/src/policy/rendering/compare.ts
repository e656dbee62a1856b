import { labels } from '../../application/model.ts';
import { isRaw } from '../../application/raw.ts';
import { comparable } from '../../planning/diff/comparable.ts';
import { fieldChanges } from '../../planning/diff/fields.ts';
import { nameFor } from '../../planning/assemble.ts';
import type { Engine } from '../../ports/engine.ts';
import { type KubeObject, type ResourceType, apiVersionOf, resourceKey } from '../../ports/kubernetes.ts';
import { type ClusterReading, objectsOf } from '../../ports/reading.ts';
import type { PolicyChange, RenderedObject } from './model.ts';

/** Made by a policy of this application. Whoever puts these labels on an object of their own has given it away. */
function isOurs({ metadata }: KubeObject, application: string): boolean {
  return metadata.labels?.[labels.policy] !== undefined && metadata.labels[labels.application] === nameFor(application);
}

/** Each rendered object beside what is there, and what is there of ours and not rendered any more. */
export function comparePolicies(
  application: string,
  rendered: readonly RenderedObject[],
  readings: readonly ClusterReading[],
  engines: readonly Engine[],
): PolicyChange[] {
  const changes = rendered.map((one): PolicyChange => {
    const live = liveOf(one, readings);
    if (!live) return { ...one, action: 'create' };
    if (!isOurs(live, application)) {
      return { ...one, action: 'conflict', why: `${one.type.kind} ${live.metadata.name} is there already and was not made by a policy` };
    }
    const named = withOwned(comparable(one.object, never), one.owns);
    const fields = fieldChanges(wanted(comparable(live, never), named), named);
    return fields.length === 0 ? { ...one, action: 'same' } : { ...one, action: 'change', fields };
  });
  const asked = new Set(rendered.map((one) => key(one.cluster, one.object)));
  for (const reading of readings) {
    for (const type of engines.flatMap(renderedTypes)) {
      for (const live of objectsOf(reading, resourceKey(type))) {
        const object = { ...live, apiVersion: apiVersionOf(type), kind: type.kind };
        if (!isOurs(live, application) || asked.has(key(reading.cluster, object))) continue;
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
  return (
    reading &&
    objectsOf(reading, resourceKey(type)).find(
      ({ metadata }) => metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace,
    )
  );
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
