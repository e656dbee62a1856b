import { ConflictError, asDrError } from '@kubectl-dr/core/errors';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { equal, isRecord, listAt, textAt } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import { find } from '../find.ts';
import type { Report } from './report.ts';
import { bare } from './reset.ts';

export type Outcome = 'created' | 'updated' | 'failed' | 'skipped';

export interface PutBack {
  cluster: ControlledCluster;
  report: Report;
  /** `velero.io/backup-name` and `velero.io/restore-name`. */
  labels: Record<string, string>;
  /** As the restore says it; absent: nothing is said. */
  policy?: 'none' | 'update';
  namespaceMapping: Record<string, string>;
}

/** Creates an object that comes back (`source` is how it was in the archive), or does what the policy says about the one that is in its place (`restore.go`, restoreItem). */
export async function putBack(context: PutBack, type: ResourceType, wanted: KubeObject, source: KubeObject): Promise<Outcome> {
  const { cluster, report, labels } = context;
  const { namespace, name } = wanted.metadata;
  const where = namespace === undefined ? ('cluster' as const) : { namespace };
  const what = `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const target = labelled(wanted, labels);
  report.log(`Attempting to restore ${type.kind}: ${name}.`);
  const ref: ObjectRef = { type, name, ...(namespace !== undefined && { namespace }) };
  try {
    const live = await find(cluster, ref);
    if (live !== undefined) return await meet(context, ref, live, target, source);
    await cluster.create(type, target);
    report.log(`Restored ${what}`);
    return 'created';
  } catch (thrown) {
    if (thrown instanceof ConflictError && thrown.code === 'ALREADY_EXISTS')
      return meet(context, ref, await cluster.get(ref), target, source);
    report.error(`error restoring ${resourceKey(type)}/${namespace === undefined ? '' : `${namespace}/`}${name}: ${saidBy(thrown)}`, where);
    return 'failed';
  }
}

/** The words of the API server itself, without those of the client around them. */
function saidBy(thrown: unknown): string {
  const { details, message } = asDrError(thrown);
  return typeof details?.said === 'string' ? details.said : message;
}

/** What is there meets what comes back. */
async function meet(context: PutBack, ref: ObjectRef, found: KubeObject, target: KubeObject, source: KubeObject): Promise<Outcome> {
  const { report, labels, policy } = context;
  const live = bare(found);
  const { kind, metadata } = target;
  const where = ref.namespace === undefined ? ('cluster' as const) : { namespace: ref.namespace };
  if (kind === 'ServiceAccount') return merge(context, ref, labelled(live, labels), target);
  if (!alwaysDiffers(context, target) && !isWorkedOn(found, source) && equal(labelled(live, labels), target)) {
    report.log(`Restore of ${metadata.name} skipped: it already exists in the cluster and is the same as the backed up version`);
    return policy === 'update' ? write(context, ref, { metadata: { labels } }, 'skipped') : 'skipped';
  }
  if (policy === 'update') return write(context, ref, difference(live, target), 'updated', { metadata: { labels } });
  const called = policy === undefined ? `${kind}:${metadata.name}` : `${kind} "${metadata.name}"`;
  report.warn(
    `could not restore, ${called} already exists. Warning: the in-cluster version is different than the backed-up version`,
    where,
  );
  return 'failed';
}

/** Patches what is there; where that is refused, it is a warning, and `instead` is written. */
async function write(
  { cluster, report }: PutBack,
  ref: ObjectRef,
  change: unknown,
  outcome: Outcome,
  instead?: Record<string, unknown>,
): Promise<Outcome> {
  try {
    await cluster.patch(ref, 'merge', change as Record<string, unknown>);
    report.log(`${ref.type.kind} ${ref.name} successfully ${outcome}`);
    return outcome;
  } catch (thrown) {
    report.warn(saidBy(thrown), ref.namespace === undefined ? 'cluster' : { namespace: ref.namespace });
    if (instead !== undefined) await cluster.patch(ref, 'merge', instead);
    return 'failed';
  }
}

/** A service account keeps what it has, and gets what only the backup has; it never gets the labels of a restore. */
async function merge(context: PutBack, ref: ObjectRef, live: KubeObject, backedUp: KubeObject): Promise<Outcome> {
  const named = (field: string): unknown[] => {
    const own = listAt(live, field);
    return [...own, ...listAt(backedUp, field).filter((item) => !own.some((other) => textAt(other, 'name') === textAt(item, 'name')))];
  };
  const merged = {
    ...live,
    ...Object.fromEntries(['secrets', 'imagePullSecrets'].map((field) => [field, named(field)]).filter(([, list]) => list!.length > 0)),
    metadata: {
      ...live.metadata,
      labels: { ...backedUp.metadata.labels, ...live.metadata.labels },
      annotations: { ...backedUp.metadata.annotations, ...live.metadata.annotations },
    },
  };
  const change = difference({ ...live, metadata: { ...live.metadata, annotations: live.metadata.annotations ?? {} } }, merged);
  return Object.keys(change as object).length === 0 ? 'skipped' : write(context, ref, change, 'updated');
}

const typed = new Set(['Pod', 'Job', 'Service', 'PersistentVolumeClaim', 'CustomResourceDefinition']);

/**
 * The server's own actions read and write objects of these kinds as Go structs, which adds empty fields: such an object
 * never equals the one in the cluster.
 */
function alwaysDiffers({ namespaceMapping }: PutBack, { kind, ...fields }: KubeObject): boolean {
  if (kind === 'Secret') return fields.type === 'kubernetes.io/service-account-token';
  return typed.has(kind) || (/^(Cluster)?RoleBinding$/.test(kind) && Object.keys(namespaceMapping).length > 0);
}

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ControllerRevision']);

/** Controllers write into these all the time; the server compares who wrote what and when as well. */
function isWorkedOn({ kind, metadata }: KubeObject, source: KubeObject): boolean {
  return workloads.has(kind) && (metadata.uid !== source.metadata.uid || metadata.resourceVersion !== source.metadata.resourceVersion);
}

function labelled(object: KubeObject, labels: Record<string, string>): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } };
}

/** The RFC 7396 patch that makes `to` of `from`. */
function difference(from: unknown, to: unknown): unknown {
  if (!isRecord(from) || !isRecord(to)) return to;
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (equal(from[field], to[field])) continue;
    patch[field] = to[field] === undefined ? null : difference(from[field], to[field]);
  }
  return patch;
}
