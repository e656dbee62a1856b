import { textList } from '../../application/raw.ts';
import { labels as ours } from '../../application/model.ts';
import { parseDuration } from '../../policy/duration.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { withoutCredentials } from '../../text/credentials.ts';
import type { NativeRestore, RecoveryPoint, Schedule, Scope, StorageLocation } from '../../protection/model.ts';
import { phaseOf } from './phases.ts';
import { count, fields, flag, instant, metadataOf, selectorText, text } from './schema.ts';
import type { Fields } from './schema.ts';

export const engineId = 'velero';

/** Written into every backup by the server (`autoExclude…Resources`): these come with their volumes, and are never listed. */
const captured = new Set(['volumesnapshots.snapshot.storage.k8s.io', 'volumesnapshotcontents.snapshot.storage.k8s.io']);

function scopeOf(spec: Fields): Scope {
  const namespaces = textList(spec.includedNamespaces);
  const scope: Scope = {
    namespaces: namespaces.length === 0 || namespaces.includes('*') ? '*' : namespaces,
    excludedNamespaces: textList(spec.excludedNamespaces),
  };
  const labelSelector = selectorOf(spec);
  if (labelSelector !== undefined) scope.labelSelector = labelSelector;
  const included = both(spec.includedResources, spec.includedNamespaceScopedResources);
  if (included.length > 0 && !included.includes('*')) scope.includedResources = included;
  const excluded = both(spec.excludedResources, spec.excludedNamespaceScopedResources).filter((type) => !captured.has(type));
  if (excluded.length > 0) scope.excludedResources = excluded;
  return scope;
}

function both(one: unknown, other: unknown): string[] {
  return other === undefined ? textList(one) : [...textList(one), ...textList(other)];
}

/** Alternatives cannot be written as one selector: the text is then only for people, and matches nothing by itself. */
function selectorOf({ labelSelector, orLabelSelectors }: Fields): string | undefined {
  if (!Array.isArray(orLabelSelectors)) return selectorText(labelSelector);
  const selectors = [labelSelector, ...(orLabelSelectors as unknown[])].map(selectorText).filter((selector) => selector !== undefined);
  return selectors.length > 0 ? selectors.join(' or ') : undefined;
}

/** Absent fields stay absent. A loop, for it runs once per backup. */
function present<T extends object>(value: T): T {
  const result = {} as T;
  for (const key in value) if (value[key] !== undefined) result[key] = value[key];
  return result;
}

export function pointOf(object: KubeObject, cluster: string): RecoveryPoint {
  const { name, namespace, uid, labels, annotations, createdAt, deleted } = metadataOf(object);
  const spec = fields(object.spec);
  const status = fields(object.status);
  const validation = textList(status.validationErrors);
  const nativePhase = text(status.phase) ?? '';
  return present({
    id: `${cluster}/${engineId}/${namespace}/${name}`,
    name,
    namespace,
    uid,
    engine: engineId,
    cluster,
    phase: deleted ? 'Deleting' : phaseOf(status.phase),
    nativePhase,
    capturedAt: instant(status.startTimestamp),
    completedAt: instant(status.completionTimestamp),
    createdAt,
    expiresAt: instant(status.expiration),
    scope: scopeOf(spec),
    location: text(spec.storageLocation),
    schedule: text(labels['velero.io/schedule-name']),
    application: text(labels[ours.application]),
    component: text(labels[ours.componentOf]),
    safety: labels[ours.purpose] === 'safety' ? true : undefined,
    message: text(status.failureReason) ?? (validation.length > 0 ? validation.join('; ') : undefined),
    errors: count(status.errors),
    warnings: count(status.warnings),
    items: count(fields(status.progress).itemsBackedUp),
    madeOn: text(annotations['velero.io/source-cluster-k8s-gitversion']),
  }) as RecoveryPoint;
}

export function scheduleOf(object: KubeObject, cluster: string): Schedule {
  const { name, namespace, labels, createdAt } = metadataOf(object);
  const spec = fields(object.spec);
  const template = fields(spec.template);
  const status = fields(object.status);
  const written = text(spec.schedule) ?? '';
  const zoned = /^(?:CRON_TZ|TZ)=(\S+)\s+(.*)$/.exec(written);
  const validation = textList(status.validationErrors);
  return present({
    id: `${cluster}/${engineId}/${namespace}/${name}`,
    name,
    namespace,
    engine: engineId,
    cluster,
    expression: zoned?.[2] ?? written,
    timeZone: zoned?.[1],
    paused: flag(spec.paused) ?? false,
    valid: status.phase !== 'FailedValidation',
    message: validation.length > 0 ? validation.join('; ') : undefined,
    scope: scopeOf(template),
    location: text(template.storageLocation),
    keepFor: duration(template.ttl),
    lastRun: instant(status.lastBackup),
    createdAt,
    application: text(labels[ours.application]),
    component: text(labels[ours.componentOf]),
    policy: text(labels[ours.policy]),
  }) as Schedule;
}

export function nativeRestoreOf(object: KubeObject, cluster: string): NativeRestore {
  const { name, namespace, labels, createdAt, deleted } = metadataOf(object);
  const spec = fields(object.spec);
  const status = fields(object.status);
  const included = textList(spec.includedNamespaces);
  const validation = textList(status.validationErrors);
  const mapping = Object.entries(fields(spec.namespaceMapping)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return present({
    id: `${cluster}/${engineId}/${namespace}/${name}`,
    name,
    namespace,
    engine: engineId,
    cluster,
    phase: deleted ? 'Deleting' : phaseOf(status.phase),
    nativePhase: text(status.phase) ?? '',
    point: text(spec.backupName),
    namespaces: included.length === 0 || included.includes('*') ? '*' : included,
    namespaceMapping: Object.fromEntries(mapping),
    createdAt,
    startedAt: instant(status.startTimestamp),
    endedAt: instant(status.completionTimestamp),
    application: text(labels[ours.application]),
    operation: text(labels[ours.operation]),
    errors: count(status.errors),
    warnings: count(status.warnings),
    items: count(fields(status.progress).itemsRestored),
    message: text(status.failureReason) ?? (validation.length > 0 ? validation.join('; ') : undefined),
  }) as NativeRestore;
}

function duration(value: unknown): number | undefined {
  const written = text(value);
  if (written === undefined) return undefined;
  try {
    return parseDuration(written, 'ttl');
  } catch {
    return undefined;
  }
}

/** Addresses of object stores may carry their keys, and providers repeat them in what they complain about. */
function told(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined ? undefined : withoutCredentials(found);
}

export function locationOf(object: KubeObject, cluster: string): StorageLocation {
  const { name, namespace } = metadataOf(object);
  const spec = fields(object.spec);
  const status = fields(object.status);
  const storage = fields(spec.objectStorage);
  const target = [text(storage.bucket), text(storage.prefix)].filter((part) => part !== undefined).join('/');
  return present({
    id: `${cluster}/${engineId}/${namespace}/${name}`,
    name,
    engine: engineId,
    cluster,
    phase: status.phase === 'Available' || status.phase === 'Unavailable' ? status.phase : 'Unknown',
    message: told(status.message),
    accessMode: spec.accessMode === 'ReadOnly' ? 'ReadOnly' : 'ReadWrite',
    isDefault: flag(spec.default) ?? false,
    provider: text(spec.provider),
    target: target || undefined,
    endpoint: told(fields(spec.config).s3Url) ?? text(fields(spec.config).region),
    lastValidated: instant(status.lastValidationTime),
  }) as StorageLocation;
}
