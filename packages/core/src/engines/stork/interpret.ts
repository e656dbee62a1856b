import { at, textAt } from '../../application/raw.ts';
import { labels } from '../../application/model.ts';
import type { KubeObject, ResourceType } from '../../ports/kubernetes.ts';
import { resourceKey } from '../../ports/kubernetes.ts';
import type { ClusterReading } from '../../ports/reading.ts';
import { objectsOf } from '../../ports/reading.ts';
import type { NativeRestore, ProtectionState, Schedule, VolumeCapture } from '../../protection/model.ts';
import { unreadTypes } from '../unread.ts';
import { adminNamespace, engineId, kinds } from './kinds.ts';
import { locationName, locationOf } from './location.ts';
import { managedOf, replicationsOf } from './migrations.ts';
import { nativeOf, restorePhase } from './phases.ts';
import { capturesOf, instant, known, pointOf, scopeOf } from './point.ts';
import { type PolicyTimetable, policyTimetable } from './timetable.ts';

export const interpretedKinds: readonly ResourceType[] = [
  kinds.backups,
  kinds.backupSchedules,
  kinds.locations,
  kinds.policies,
  kinds.ownPolicies,
  kinds.migrationSchedules,
  kinds.migrations,
  kinds.pairs,
  kinds.actions,
];

/** What Stork's objects say about one cluster. They have no schema and no status of their own: nothing in them is as it should be. */
export function interpret(reading: ClusterReading): ProtectionState {
  const { cluster } = reading;
  const all = (type: ResourceType): readonly KubeObject[] => objectsOf(reading, resourceKey(type));
  const problems = unreadTypes(reading, [...interpretedKinds, kinds.restores]);
  const telling = [kinds.backups, kinds.restores].map(resourceKey);
  const failure = telling.map((key) => reading.failures.get(key)).find((error) => error !== undefined);
  const installed = failure === undefined ? telling.some((key) => reading.objects.has(key)) : failure.code !== 'NOT_FOUND';
  const volumeEvidence: Record<string, VolumeCapture[]> = {};
  const points = all(kinds.backups).flatMap((object) => {
    const found = pointOf(object, cluster);
    for (const { id } of found) {
      const captures = capturesOf(object);
      if (captures.length > 0) volumeEvidence[id] = captures;
    }
    return found;
  });
  const policies = policiesOf(all(kinds.policies), all(kinds.ownPolicies));
  const read = {
    cluster,
    schedules: all(kinds.migrationSchedules),
    migrations: all(kinds.migrations),
    pairs: all(kinds.pairs),
    actions: all(kinds.actions),
    policies,
  };
  return {
    installation: { engine: engineId, cluster, installed, namespace: adminNamespace, problems },
    points,
    schedules: all(kinds.backupSchedules).flatMap((object) => scheduleOf(object, cluster, policies)),
    locations: all(kinds.locations).flatMap((object) => locationOf(object, cluster)),
    replications: replicationsOf(read),
    managed: managedOf(read),
    restores: [...all(kinds.restores), ...all(kinds.clones).map(asRestore)].flatMap((object) => restoreOf(object, cluster)),
    volumeEvidence,
  };
}

type Policies = (name: string, namespace: string) => PolicyTimetable;

/** One of the schedule's own namespace goes before one of the cluster (`schedule.go`). */
export function policiesOf(cluster: readonly KubeObject[], namespaced: readonly KubeObject[]): Policies {
  const known = new Map<string, KubeObject>();
  for (const object of cluster) known.set(textAt(object, 'metadata', 'name') ?? '', object);
  for (const object of namespaced) known.set(`${textAt(object, 'metadata', 'namespace')}/${textAt(object, 'metadata', 'name')}`, object);
  return (name, namespace) => {
    const policy = known.get(`${namespace}/${name}`) ?? known.get(name);
    return policy ? policyTimetable(policy) : { expression: '', message: `the SchedulePolicy ${name || '(none)'} does not exist` };
  };
}

function scheduleOf(object: KubeObject, cluster: string, policies: Policies): Schedule[] {
  const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
  if (name === undefined || namespace === undefined) return [];
  const template = at(object, 'spec', 'template', 'spec');
  const { expression, keepFor, message } = policies(textAt(object, 'spec', 'schedulePolicyName') ?? '', namespace);
  const location = textAt(template, 'backupLocation');
  const told = {
    message,
    location: location && locationName(namespace, location),
    lastRun: lastOf(object),
    createdAt: instant(at(object, 'metadata', 'creationTimestamp')),
    application: textAt(object, 'metadata', 'labels', labels.application),
    component: textAt(object, 'metadata', 'labels', labels.componentOf),
    policy: textAt(object, 'metadata', 'labels', labels.policy),
  };
  return [
    {
      id: `${cluster}/${engineId}/${namespace}/${name}`,
      name,
      namespace,
      engine: engineId,
      cluster,
      expression,
      paused: at(object, 'spec', 'suspend') === true,
      valid: message === undefined,
      scope: scopeOf(template, namespace),
      ...(keepFor !== undefined && { keepFor }),
      ...known(told),
    },
  ];
}

/** The newest of all that a schedule says it began, whatever came of it: `status.items`, by the type of its policy. */
export function lastOf(object: KubeObject): string | undefined {
  return runsOf(object)
    .flatMap((run) => instant(run.creationTimestamp) ?? [])
    .toSorted((a, b) => Date.parse(b) - Date.parse(a))[0];
}

export function runsOf(object: KubeObject): Readonly<Record<string, unknown>>[] {
  const items = at(object, 'status', 'items');
  if (typeof items !== 'object' || items === null) return [];
  return Object.values(items)
    .flat()
    .filter((run): run is Readonly<Record<string, unknown>> => typeof run === 'object' && run !== null);
}

/** A clone takes from what runs, and no point: it is told with the restores, of one namespace into another. */
function asRestore(clone: KubeObject): KubeObject {
  const [from, to] = [textAt(clone, 'spec', 'sourceNamespace'), textAt(clone, 'spec', 'destinationNamespace')];
  return { ...clone, spec: { namespaceMapping: from === undefined || to === undefined ? {} : { [from]: to } } };
}

function restoreOf(object: KubeObject, cluster: string): NativeRestore[] {
  const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
  if (name === undefined || namespace === undefined) return [];
  const mapping = Object.entries((at(object, 'spec', 'namespaceMapping') ?? {}) as object).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const told = {
    point: textAt(object, 'spec', 'backupName'),
    createdAt: instant(at(object, 'metadata', 'creationTimestamp')),
    startedAt: instant(at(object, 'metadata', 'creationTimestamp')),
    endedAt: instant(at(object, 'status', 'finishTimestamp')),
    application: textAt(object, 'metadata', 'labels', labels.application),
    operation: textAt(object, 'metadata', 'labels', labels.operation),
    message: textAt(object, 'status', 'reason'),
  };
  return [
    {
      id: `${cluster}/${engineId}/${namespace}/${name}`,
      name,
      namespace,
      engine: engineId,
      cluster,
      phase: restorePhase(object),
      nativePhase: nativeOf(object),
      namespaces: mapping.length === 0 ? '*' : mapping.map(([source]) => source),
      namespaceMapping: Object.fromEntries(mapping.filter(([source, target]) => source !== target)),
      ...known(told),
    },
  ];
}
