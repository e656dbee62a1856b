import type { KubeObject } from '../../ports/kubernetes.ts';
import type { RecoveryPoint } from '../../protection/model.ts';
import type { Reason } from '../../reason.ts';
import { notServed, typeFor } from '../checks/versions.ts';
import { isGenerated } from '../controllers.ts';
import { marksOf } from '../diff/marks.ts';
import { objectChange } from '../diff/object-change.ts';
import { objectKey } from '../live-objects.ts';
import type { Change, ObjectTarget, RestoredObject } from '../model.ts';
import type { InPlacePlace } from './inputs.ts';
import type { Scope } from './scope.ts';
import { counted } from '../../text/counted.ts';

/** What of a component's configuration would be written, created and removed, and every line of the diff. */
export interface Configuration {
  changes: Change[];
  write: RestoredObject[];
  create: RestoredObject[];
  remove: (ObjectTarget & { uid: string })[];
  blockers: Reason[];
  warnings: Reason[];
}

/** Kinds whose captured state is no configuration: data, or what runs. */
const never = new Set(['PersistentVolumeClaim', 'PersistentVolume', 'Pod', 'ReplicaSet', 'Job', 'Namespace', 'VolumeSnapshot', 'Node']);

/**
 * Captured against live, object by object. `taken` holds the keys that another component of the plan has already, so that
 * no object is listed twice.
 */
export function configurationOf(
  place: InPlacePlace,
  component: string | undefined,
  scope: Pick<Scope, 'owns' | 'shared'>,
  point: RecoveryPoint,
  options: { prune: boolean; taken: Set<string>; except(object: KubeObject): string[][] },
): Configuration {
  const { cluster, namespace } = place;
  const result: Configuration = { changes: [], write: [], create: [], remove: [], blockers: [], warnings: [] };
  const mine = (object: KubeObject): boolean =>
    object.metadata.namespace === namespace && !never.has(object.kind) && !isGenerated(object) && scope.owns(object);
  // Services first: an Ingress is found through them.
  const ordered = (objects: readonly KubeObject[]): KubeObject[] =>
    objects.toSorted((a, b) => Number(b.kind === 'Service') - Number(a.kind === 'Service')).filter(mine);
  const live = new Map(place.live.map((object) => [objectKey(object), object]));
  const captured = ordered(place.captured.get(point.id) ?? []);
  const about = component === undefined ? {} : { component };
  const isMark = marksOf(place.engine);
  const conflicts: string[] = [];
  const sharedObjects: string[] = [];
  for (const object of captured) {
    const key = objectKey(object);
    if (options.taken.has(key)) continue;
    options.taken.add(key);
    const type = typeFor(place.served, object);
    if (!type) {
      result.blockers.push(notServed([object], place.served, cluster, component));
      continue;
    }
    const now = live.get(key);
    const change = objectChange(cluster, object, now, isMark);
    const except = options.except(object);
    const target: RestoredObject = { type, namespace, name: object.metadata.name, ...(except.length > 0 && { except }) };
    if (change.action !== 'leave' && now && scope.shared(object)) {
      sharedObjects.push(`${object.kind} ${namespace}/${object.metadata.name}`);
      result.changes.push({ ...change, ...about, action: 'leave', why: 'others in the namespace use it as well' });
      continue;
    }
    result.changes.push({ ...change, ...about });
    if (change.action === 'create') result.create.push(target);
    if (change.action === 'change') result.write.push(target);
    if (change.action === 'conflict') conflicts.push(`${object.kind} ${namespace}/${object.metadata.name}`);
  }
  const then = new Set(captured.map(objectKey));
  for (const object of ordered(place.live)) {
    const key = objectKey(object);
    if (then.has(key) || options.taken.has(key)) continue;
    options.taken.add(key);
    const type = typeFor(place.served, object);
    const { name, uid } = object.metadata;
    const line = { cluster, apiVersion: object.apiVersion, kind: object.kind, namespace, name, ...about };
    if (options.prune && type && uid !== undefined && !scope.shared(object)) {
      result.changes.push({ action: 'remove', ...line, why: 'it did not exist then' });
      result.remove.push({ type, namespace, name, uid });
    } else result.changes.push({ action: 'leave', ...line, why: 'it did not exist then; --prune removes it' });
  }
  if (conflicts.length > 0) {
    result.warnings.push({
      code: 'FIELD_IMMUTABLE',
      severity: 'warning',
      cluster,
      ...about,
      message: `${counted(conflicts.length, 'object')} cannot be brought back whole: the server does not let the fields change that differ`,
      evidence: conflicts,
      fix: 'delete and restore them, or restore beside and compare',
    });
  }
  if (sharedObjects.length > 0) {
    result.warnings.push({
      code: 'CONFIG_SHARED',
      severity: 'warning',
      cluster,
      ...about,
      message: `${sharedObjects.length === 1 ? '1 object differs and stays' : `${sharedObjects.length} objects differ and stay`} as now: components that are not rolled back use ${sharedObjects.length === 1 ? 'it' : 'them'} as well`,
      evidence: sharedObjects,
      fix: 'name those components as well',
    });
  }
  return result;
}
