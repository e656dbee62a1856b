import { ConflictError, asDrError } from '@kubectl-dr/core/errors';
import type { KubeObject, ObjectRef, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import { equal, isRecord, without } from '../../api/json.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Report } from './report.ts';
import type { ResetOptions } from './reset.ts';
import { reset } from './reset.ts';

export type Outcome = 'created' | 'updated' | 'failed' | 'skipped';

export interface PutBack {
  cluster: ControlledCluster;
  report: Report;
  /** `velero.io/backup-name` and `velero.io/restore-name`. */
  labels: Record<string, string>;
  policy: 'none' | 'update';
  resetting: ResetOptions;
}

/** Creates an object that comes back, or does what the policy says about the one that is in its place. */
export async function putBack(context: PutBack, type: ResourceType, wanted: KubeObject): Promise<Outcome> {
  const { cluster, report, labels } = context;
  const { namespace, name } = wanted.metadata;
  const where = namespace === undefined ? ('cluster' as const) : { namespace };
  const what = `${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  try {
    await cluster.create(type, { ...wanted, metadata: { ...wanted.metadata, labels: { ...wanted.metadata.labels, ...labels } } });
    report.log(`Restored ${what}`);
    return 'created';
  } catch (thrown) {
    if (thrown instanceof ConflictError && thrown.code === 'ALREADY_EXISTS') return exists(context, type, wanted, where);
    report.error(
      `error restoring ${resourceKey(type)}/${namespace === undefined ? '' : `${namespace}/`}${name}: ${asDrError(thrown).message}`,
      where,
    );
    return 'failed';
  }
}

async function exists(
  context: PutBack,
  type: ResourceType,
  wanted: KubeObject,
  where: { namespace: string } | 'cluster',
): Promise<Outcome> {
  const { cluster, report, labels, policy, resetting } = context;
  const { namespace, name } = wanted.metadata;
  const ref: ObjectRef = { type, name, ...(namespace !== undefined && { namespace }) };
  const live = unlabelled(reset(await cluster.get(ref), { ...resetting, namespaceMapping: {} }));
  const target = unlabelled(wanted);
  // Every namespace gets one of its own, which cannot be the same.
  const generated = type.kind === 'ConfigMap' && name === 'kube-root-ca.crt';
  if (generated || equal(live, target)) {
    report.log(`${type.kind} ${name} already exists and is unchanged`);
    if (policy === 'update' && !generated) await cluster.patch(ref, 'merge', { metadata: { labels } });
    return 'skipped';
  }
  if (type.kind === 'ServiceAccount') {
    const { metadata, ...fields } = target;
    await cluster.patch(ref, 'merge', {
      ...fields,
      metadata: { labels: { ...metadata.labels, ...labels }, annotations: metadata.annotations ?? {} },
    });
    return 'updated';
  }
  if (policy === 'none') {
    report.warn(
      `could not restore, ${type.kind} "${name}" already exists. Warning: the in-cluster version is different than the backed-up version`,
      where,
    );
    return 'skipped';
  }
  try {
    const change = difference(live, { ...target, metadata: { ...target.metadata, labels: { ...target.metadata.labels, ...labels } } });
    await cluster.patch(ref, 'merge', change);
    report.log(`Updated ${type.kind} ${name}`);
    return 'updated';
  } catch (thrown) {
    report.warn(`${type.kind} "${name}" update failed: ${asDrError(thrown).message}`, where);
    await cluster.patch(ref, 'merge', { metadata: { labels } });
    return 'skipped';
  }
}

function unlabelled(object: KubeObject): KubeObject {
  const own = without(object.metadata.labels ?? {}, 'velero.io/backup-name', 'velero.io/restore-name');
  const metadata = without(object.metadata, 'labels', 'finalizers');
  return { ...object, metadata: { ...metadata, name: object.metadata.name, ...(Object.keys(own).length > 0 && { labels: own }) } };
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
