import { resourceKey, types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, ObjectMeta } from '@kubectl-dr/core/ports/kubernetes';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import type { Cluster } from './cluster.ts';
import { equal, listAt, recordAt, textAt, textsAt, withPath, without } from './json.ts';
import { prepare } from './prepare.ts';
import { inVersion } from './registry.ts';
import type { Resource } from './resource.ts';
import { alreadyExists, ApiError, badRequest, conflict, forbidden, invalid, notFound } from './status.ts';
import { asType, validate } from './validation.ts';
import type { FieldValidation } from './validation.ts';

export interface WriteOptions {
  dryRun?: boolean;
  /** Default: unknown fields are dropped without a word. */
  fields?: FieldValidation;
}

type Propagation = 'Background' | keyof typeof propagationFinalizers;

export interface DeleteOptions extends WriteOptions {
  propagation?: Propagation;
  preconditions?: { uid?: string | undefined; resourceVersion?: string | undefined };
}

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';
/** What an object waits for that is deleted in one of these ways: the garbage collector's work. */
export const propagationFinalizers = { Foreground: 'foregroundDeletion', Orphan: 'orphan' };
/** Namespaces that a cluster is none without. */
const immortal = new Set(['default', 'kube-public', 'kube-system']);
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** RFC 3339: what Kubernetes keeps of a time. */
export function wholeSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function timestamp(clock: Clock): string {
  return wholeSeconds(clock.now());
}

export function readObject(cluster: Cluster, resource: Resource, namespace: string | undefined, name: string): KubeObject {
  const found = cluster.store.get(resourceKey(resource), namespace, name);
  if (found === undefined) throw notFound(resource, name);
  return inVersion(resource, found);
}

export function createObject(
  cluster: Cluster,
  resource: Resource,
  namespace: string | undefined,
  body: KubeObject,
  { dryRun = false, fields }: WriteOptions = {},
): KubeObject {
  const { store, clock } = cluster;
  const typed = placed(resource, namespace, asType(resource, asNew(resource, body), fields));
  // `0` stands for none.
  if (!['', '0'].includes(typed.metadata.resourceVersion ?? '')) {
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
  }
  const named = withName(cluster, resource, typed);
  if (resource.namespaced) admitNamespace(cluster, resource, named);
  validate(resource, named);
  const key = resourceKey(resource);
  const { name } = named.metadata;
  if (store.get(key, namespace, name) !== undefined) throw alreadyExists(resource, name);
  const kept = without(named.metadata, 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'resourceVersion');
  const now = timestamp(clock);
  const fresh: KubeObject = {
    ...named,
    metadata: { ...kept, uid: crypto.randomUUID(), creationTimestamp: now, ...(resource.generation ? { generation: 1 } : {}) },
  };
  const prepared = prepare(cluster, resource, fresh, undefined, now);
  return dryRun ? prepared : store.put(key, prepared);
}

/** Nothing has happened yet to an object that is created; only nodes come with what they are. */
function asNew(resource: Resource, object: KubeObject): KubeObject {
  return resource.statusSubresource && resource.kind !== 'Node' ? without(object, 'status') : object;
}

/** The object with its namespace from the URL, and with none when its type has none. */
function placed(resource: Resource, namespace: string | undefined, object: KubeObject): KubeObject {
  const given = object.metadata.namespace;
  if (!resource.namespaced) {
    if (given === undefined) return object;
    return { ...object, metadata: without(object.metadata, 'namespace') };
  }
  if (given !== undefined && given !== '' && given !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  return given === namespace ? object : withPath(object, ['metadata', 'namespace'], namespace);
}

function withName({ store }: Cluster, resource: Resource, object: KubeObject): KubeObject {
  const { name, generateName, namespace } = object.metadata;
  if ((name ?? '') !== '' || typeof generateName !== 'string' || generateName === '') return object;
  for (;;) {
    const random = crypto.getRandomValues(new Uint8Array(5));
    const candidate = generateName + [...random].map((byte) => alphabet[byte % alphabet.length]).join('');
    if (store.get(resourceKey(resource), namespace, candidate) === undefined) return withPath(object, ['metadata', 'name'], candidate);
  }
}

function admitNamespace({ store }: Cluster, resource: Resource, object: KubeObject): void {
  const name = object.metadata.namespace ?? '';
  const namespace = store.get('namespaces', undefined, name);
  if (namespace === undefined) throw notFound(types.namespaces, name);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  throw forbidden(resource, object.metadata.name ?? '', why, [
    { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' },
  ]);
}

/** A full update. `subresource` says which part of `body` counts; everything else stays as it is stored. */
export function replaceObject(
  cluster: Cluster,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  body: KubeObject,
  { dryRun = false, fields, subresource }: WriteOptions & { subresource?: 'status' | 'finalize' } = {},
): KubeObject {
  const { store, clock } = cluster;
  const key = resourceKey(resource);
  const typed = placed(resource, namespace, asType(resource, body, fields));
  if ((typed.metadata.name ?? name) !== name) {
    throw badRequest(`the name of the object (${typed.metadata.name}) does not match the name on the URL (${name})`);
  }
  const current = store.get(key, namespace, name);
  if (current === undefined) throw notFound(resource, name);
  checkVersion(resource, current, typed);
  const now = timestamp(clock);
  const whole = subresource === undefined ? merged(resource, current, typed) : withPart(current, typed, subresource);
  const next = subresource === undefined ? prepare(cluster, resource, whole, current, now) : whole;
  validate(resource, next, current);
  if (equal(current, next)) return inVersion(resource, current);
  const counted = resource.generation && bumps(resource, current, next) ? nextGeneration(next) : next;
  if (dryRun) return inVersion(resource, counted);
  const stored = store.put(key, counted);
  return inVersion(resource, removeIfReleased(cluster, key, stored) ?? stored);
}

export function bindPod(
  cluster: Cluster,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  node: string,
  { dryRun = false }: WriteOptions = {},
): void {
  const pod = readObject(cluster, resource, namespace, name);
  const before = textAt(pod, 'spec', 'nodeName');
  if (before !== '') throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is already assigned to node "${before}"`);
  const others = listAt(pod, 'status', 'conditions').filter((condition) => textAt(condition, 'type') !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timestamp(cluster.clock) };
  const bound = withPath(withPath(pod, ['spec', 'nodeName'], node), ['status', 'conditions'], [...others, scheduled]);
  if (!dryRun) cluster.store.put(resourceKey(resource), bound);
}

function checkVersion(resource: Resource, current: KubeObject, next: KubeObject): void {
  const { name, uid, resourceVersion } = current.metadata;
  const asked = next.metadata.resourceVersion ?? '';
  demandSame(resource, name, 'UID', next.metadata.uid || undefined, uid);
  if (asked === '' && resource.updateNeedsVersion) {
    throw invalid(resource, name, [
      { field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', message: 'Invalid value: 0x0: must be specified for an update' },
    ]);
  }
  if (asked !== '' && asked !== resourceVersion) throw conflict(resource, name);
}

function demandSame(resource: Resource, name: string, what: string, asked: string | undefined, found = ''): void {
  if (asked === undefined || asked === found) return;
  throw conflict(resource, name, `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`);
}

/** The client's object, with the fields that only the server writes taken from the stored one. */
function merged(resource: Resource, current: KubeObject, next: KubeObject): KubeObject {
  const metadata: ObjectMeta = { ...next.metadata, name: current.metadata.name };
  for (const field of ['uid', 'creationTimestamp', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'resourceVersion']) {
    if (current.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = current.metadata[field];
  }
  if (metadata.managedFields === undefined && current.metadata.managedFields !== undefined)
    metadata.managedFields = current.metadata.managedFields;
  const whole: KubeObject = { ...next, metadata };
  if (!resource.statusSubresource) return whole;
  if (current.status === undefined) delete whole.status;
  else whole.status = current.status;
  return whole;
}

function withPart(current: KubeObject, next: KubeObject, part: 'status' | 'finalize'): KubeObject {
  if (part === 'status') return withPath(current, ['status'], next.status);
  return withPath(current, ['spec', 'finalizers'], textsAt(next, 'spec', 'finalizers'));
}

/** Whether an update counts as a new generation: status counts only where it has no subresource of its own. */
function bumps(resource: Resource, current: KubeObject, next: KubeObject): boolean {
  const desired = (object: KubeObject): unknown => without(object, 'metadata', ...(resource.statusSubresource ? ['status'] : []));
  return !equal(desired(current), desired(next));
}

function nextGeneration(object: KubeObject): KubeObject {
  return withPath(object, ['metadata', 'generation'], (object.metadata.generation ?? 0) + 1);
}

function held(object: KubeObject): boolean {
  const finalizers = object.metadata.finalizers ?? [];
  return (
    finalizers.length > 0 || (object.kind === 'Namespace' && object.apiVersion === 'v1' && textsAt(object, 'spec', 'finalizers').length > 0)
  );
}

/** Takes out an object whose deletion was asked for and which nothing holds any more. */
function removeIfReleased({ store }: Cluster, key: string, object: KubeObject): KubeObject | undefined {
  if (object.metadata.deletionTimestamp === undefined || held(object)) return undefined;
  return store.remove(key, object.metadata.namespace, object.metadata.name);
}

/** `gone` is false when finalizers keep the object for a while. */
export function deleteObject(
  cluster: Cluster,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  { dryRun = false, propagation = 'Background', preconditions = {} }: DeleteOptions = {},
): { object: KubeObject; gone: boolean } {
  const { store, clock } = cluster;
  const key = resourceKey(resource);
  const current = store.get(key, namespace, name);
  if (current === undefined) throw notFound(resource, name);
  if (key === 'namespaces' && immortal.has(name)) throw forbidden(resource, name, 'this namespace may not be deleted');
  const { uid, resourceVersion } = current.metadata;
  demandSame(resource, name, 'UID', preconditions.uid, uid);
  demandSame(resource, name, 'ResourceVersion', preconditions.resourceVersion, resourceVersion);
  const extra = addedFinalizer(cluster, current, propagation);
  const waits = held(current) || extra !== undefined;
  if (dryRun) return { object: current, gone: !waits };
  if (!waits) return { object: store.remove(key, namespace, name) ?? current, gone: true };
  if (current.metadata.deletionTimestamp !== undefined) return { object: current, gone: false };
  const finalizers = [...new Set([...(current.metadata.finalizers ?? []), ...(extra === undefined ? [] : [extra])])];
  const metadata = { ...current.metadata, deletionTimestamp: timestamp(clock), deletionGracePeriodSeconds: 0 };
  let leaving: KubeObject = { ...current, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
  if (leaving.metadata.generation !== undefined) leaving = nextGeneration(leaving);
  if (key === 'namespaces') leaving = withPath(leaving, ['status', 'phase'], 'Terminating');
  return { object: store.put(key, leaving), gone: false };
}

/** The finalizer that the server itself needs to do its part of a deletion. */
function addedFinalizer({ store }: Cluster, object: KubeObject, propagation: Propagation): string | undefined {
  if (object.kind === 'CustomResourceDefinition') {
    const key = resourceKey({ group: textAt(object, 'spec', 'group'), resource: textAt(recordAt(object, 'spec', 'names'), 'plural') });
    return store.count(key) > 0 ? cleanupFinalizer : undefined;
  }
  return propagation === 'Background' ? undefined : propagationFinalizers[propagation];
}

/** Drops one finalizer and finishes a deletion that waited for it. */
export function release(cluster: Cluster, key: string, object: KubeObject, finalizer: string): void {
  const rest = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
  const released = withPath(object, ['metadata', 'finalizers'], rest.length === 0 ? undefined : rest);
  removeIfReleased(cluster, key, cluster.store.put(key, released));
}
