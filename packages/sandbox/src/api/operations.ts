import { resourceKey } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import type { Call } from './call.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { exec } from '../simulators/workloads/exec.ts';
import { proxy } from '../simulators/workloads/proxy.ts';
import { asKubeObject, at, isRecord, numberAt, textAt, textsAt, withPath } from './json.ts';
import type { JsonRecord } from './json.ts';
import { listObject, listPage } from './lists.ts';
import { patched, patchTypes } from './patch.ts';
import { isTrue, mediaType, readBody, readRecord } from './request.ts';
import type { Resource } from './resource.ts';
import { negotiate, represented } from './respond.ts';
import type { Representation } from './respond.ts';
import { Checks } from './schema/checks.ts';
import { selectorText } from './selector-text.ts';
import { about, badRequest, methodNotAllowed, notFound, notImplemented, notServed, success } from './status.ts';
import { tableOf } from './table.ts';
import { watchStream } from './watch.ts';
import { bindPod, createObject, deleteObject, readObject, replaceObject, timestamp } from './writer.ts';
import type { DeleteOptions, WriteOptions } from './writer.ts';

type Part = 'status' | 'finalize' | undefined;

/** Carries out a request on a type that is served, or throws an ApiError. */
export async function operate(asked: Omit<Call, 'warnings'>): Promise<Response> {
  const warnings: string[] = [];
  const response = await carryOut({ ...asked, warnings });
  for (const warning of warnings) response.headers.append('warning', `299 - ${JSON.stringify(warning)}`);
  return response;
}

async function carryOut(call: Call): Promise<Response> {
  const { info, target, resource } = call;
  if (target.subresource === 'scale') return scale(call);
  if (target.subresource === 'binding' && resource.kind === 'Pod') return bind(call);
  if (target.subresource === 'exec' && resource.kind === 'Pod' && resource.builtIn) return exec(call);
  if (target.subresource === 'proxy' && resource.kind === 'Service' && resource.builtIn) return proxy(call);
  const part = partOf(call);
  if (target.subresource === undefined && !resource.verbs.includes(info.verb)) throw methodNotAllowed(info.method);
  if (['update', 'patch'].includes(info.verb) && target.name === undefined) throw methodNotAllowed(info.method);
  switch (info.verb) {
    case 'get':
      return object(call, 200, readObject(call.cluster, resource, target.namespace, target.name!));
    case 'list':
      return list(call);
    case 'watch':
      return watch(call);
    case 'create':
      if (target.name !== undefined) throw methodNotAllowed(info.method);
      return object(
        call,
        201,
        createObject(call.cluster, resource, target.namespace, asKubeObject(await readRecord(call.request)), writing(call)),
      );
    case 'update':
      return update(call, part);
    case 'patch':
      return patch(call, part);
    case 'delete':
      return remove(call);
    case 'deletecollection':
      return removeAll(call);
    default:
      throw methodNotAllowed(info.method);
  }
}

function partOf({ target, resource }: Call): Part {
  const { subresource } = target;
  if (subresource === undefined) return undefined;
  if (subresource === 'status' && resource.statusSubresource) return 'status';
  if (subresource === 'finalize' && resource.resource === 'namespaces') return 'finalize';
  const real: Record<string, string[]> = {
    Pod: ['log', 'eviction', 'exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers', 'resize'],
  };
  if (resource.builtIn && real[resource.kind]?.includes(subresource)) throw notImplemented(`${resource.resource}/${subresource}`);
  // A definition without such a subresource has no object there, where a built-in type has no path.
  if (!resource.builtIn && ['status', 'scale'].includes(subresource)) throw notFound(resource, target.name ?? '');
  throw notServed();
}

function dryRun({ info }: Call): { dryRun: boolean } {
  return { dryRun: info.parameters.getAll('dryRun').includes('All') };
}

function writing(call: Call): WriteOptions {
  const { info, warnings } = call;
  const mode = info.parameters.get('fieldValidation') ?? '';
  const checks = new Checks();
  checks.oneOf('fieldValidation', mode, ['', 'Ignore', 'Strict', 'Warn']);
  checks.refuse({ group: 'meta.k8s.io', kind: { create: 'CreateOptions', update: 'UpdateOptions' }[info.verb] ?? 'PatchOptions' }, '');
  const patched = info.verb === 'patch';
  return { ...dryRun(call), fields: { mode: (mode || 'Warn') as 'Warn', patched, warn: (sentence) => warnings.push(sentence) } };
}

function object(call: Call, code: number, value: KubeObject): Response {
  const view = negotiate(call.request);
  return represented(code, shown(call, view, value, true), view);
}

/** An object as the client asked for it: whole, metadata only, or as a table of one row. */
function shown(call: Call, view: Representation, value: KubeObject, headers: boolean): unknown {
  if (view.as === 'Table') return table(call, view, [value], { resourceVersion: value.metadata.resourceVersion }, headers);
  if (view.as === undefined) return value;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${view.version}`, metadata: value.metadata };
}

function table(call: Call, { version }: Representation, items: KubeObject[], metadata: JsonRecord, headers: boolean): unknown {
  const includeObject = call.info.parameters.get('includeObject') ?? 'Metadata';
  return tableOf(call.resource, items, { now: call.cluster.clock.now(), version, includeObject, metadata, headers });
}

function list(call: Call): Response {
  const { cluster, resource, target, info } = call;
  const view = negotiate(call.request);
  const page = listPage(cluster.store, resource, target.namespace, info.parameters);
  if (view.as === undefined) return represented(200, listObject(resource, page), view);
  if (view.as === 'Table') return represented(200, table(call, view, page.items, { ...page.metadata }, true), view);
  const items = page.items.map((item) => shown(call, view, item, true));
  const apiVersion = `meta.k8s.io/${view.version}`;
  return represented(200, { kind: 'PartialObjectMetadataList', apiVersion, metadata: page.metadata, items }, view);
}

function watch(call: Call): Response {
  const { cluster, resource, target, info, request } = call;
  const view = negotiate(request);
  const stream = watchStream({
    store: cluster.store,
    resource,
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
    parameters: info.parameters,
    signal: AbortSignal.any([request.signal, call.signal]),
    represent: (value, first) => shown(call, view, value, first),
    bookmarkEvery: call.bookmarkEvery,
  });
  return new Response(stream, { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' } });
}

async function update(call: Call, subresource: Part): Promise<Response> {
  const { cluster, resource, target } = call;
  const body = asKubeObject(await readRecord(call.request));
  return object(
    call,
    200,
    replaceObject(cluster, resource, target.namespace, target.name!, body, { ...writing(call), ...(subresource && { subresource }) }),
  );
}

async function patch(call: Call, subresource: Part): Promise<Response> {
  const { cluster, resource, target, info, request } = call;
  const body = await readBody(request);
  const type = mediaType(request);
  const stored = cluster.store.get(resourceKey(resource), target.namespace, target.name!);
  const change = {
    mediaType: type,
    body,
    manager: info.parameters.get('fieldManager') ?? '',
    force: isTrue(info.parameters.get('force')),
    now: timestamp(cluster.clock),
  };
  if (stored === undefined && type === patchTypes.apply && subresource === undefined) {
    const name = textAt(body, 'metadata', 'name');
    if (name !== target.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name!})`);
    return object(call, 201, createObject(cluster, resource, target.namespace, patched(resource, undefined, change), writing(call)));
  }
  const current = readObject(cluster, resource, target.namespace, target.name!);
  const next = patched(resource, current, change);
  return object(
    call,
    200,
    replaceObject(cluster, resource, target.namespace, target.name!, next, { ...writing(call), ...(subresource && { subresource }) }),
  );
}

async function deleteOptions(call: Call): Promise<DeleteOptions> {
  const { parameters } = call.info;
  const body = await readBody(call.request);
  const propagation = textAt(body, 'propagationPolicy') || parameters.get('propagationPolicy') || undefined;
  if (propagation !== undefined && propagation !== 'Background' && propagation !== 'Foreground' && propagation !== 'Orphan') {
    throw badRequest(`invalid propagationPolicy "${propagation}": must be Background, Foreground or Orphan`);
  }
  const orphan = at(body, 'orphanDependents') === true || parameters.get('orphanDependents') === 'true';
  return {
    dryRun: dryRun(call).dryRun || textsAt(body, 'dryRun').includes('All'),
    propagation: propagation ?? (orphan ? 'Orphan' : 'Background'),
    preconditions: {
      uid: textAt(body, 'preconditions', 'uid') || undefined,
      resourceVersion: textAt(body, 'preconditions', 'resourceVersion') || undefined,
    },
  };
}

async function remove(call: Call): Promise<Response> {
  const { cluster, resource, target } = call;
  const { object: removed, gone } = deleteObject(cluster, resource, target.namespace, target.name!, await deleteOptions(call));
  const view = negotiate(call.request);
  if (!gone) return represented(200, removed, view);
  const { name, uid } = removed.metadata;
  return represented(200, success({ ...about(resource, name), uid }), view);
}

async function removeAll(call: Call): Promise<Response> {
  const { cluster, resource, target, info } = call;
  const options = await deleteOptions(call);
  const page = listPage(cluster.store, resource, target.namespace, info.parameters);
  const items = page.items.map((item) => deleteObject(cluster, resource, item.metadata.namespace, item.metadata.name, options).object);
  const metadata = { resourceVersion: String(cluster.store.version) };
  return represented(200, listObject(resource, { items, metadata }), negotiate(call.request));
}

/** `/scale`: reads and writes the replica count under the paths that the type declares. */
async function scale(call: Call): Promise<Response> {
  const { cluster, resource, target, info, request } = call;
  const paths = resource.scale;
  if (paths === undefined || target.name === undefined) throw notServed();
  const stored = readObject(cluster, resource, target.namespace, target.name);
  const current = scaleOf(resource, stored);
  const show = (value: JsonRecord): Response => object({ ...call, resource: scaleType }, 200, asKubeObject(value));
  if (info.verb === 'get') return show(current);
  if (info.verb !== 'update' && info.verb !== 'patch') throw methodNotAllowed(info.method);
  const body = await readBody(request);
  const change = { mediaType: mediaType(request), body, manager: 'scale', force: true, now: timestamp(cluster.clock) };
  const wanted = info.verb === 'update' ? body : patched(scaleType, asKubeObject(current), change);
  const replicas = at(wanted, 'spec', 'replicas');
  if (typeof replicas !== 'number' || replicas < 0) throw badRequest('spec.replicas must be a number that is not negative');
  const asked = textAt(wanted, 'metadata', 'resourceVersion');
  const next = withPath(
    withPath(stored, paths.specReplicas, replicas),
    ['metadata', 'resourceVersion'],
    asked || stored.metadata.resourceVersion,
  );
  const written = replaceObject(cluster, resource, target.namespace, target.name, next, dryRun(call));
  return show(scaleOf(resource, written));
}

function scaleOf({ scale: paths }: Resource, value: KubeObject): JsonRecord {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = value.metadata;
  const selector = paths?.selector === undefined ? undefined : at(value, ...paths.selector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberAt(value, ...(paths?.specReplicas ?? [])) },
    status: {
      replicas: numberAt(value, ...(paths?.statusReplicas ?? [])),
      ...(selector === undefined ? {} : { selector: isRecord(selector) ? selectorText(selector) : selector }),
    },
  };
}

/** Enough of a type for patches and tables of a Scale. */
const scaleType = {
  group: 'autoscaling',
  version: 'v1',
  resource: 'scale',
  kind: 'Scale',
  namespaced: true,
  builtIn: true,
  columns: [
    nameColumn,
    { name: 'Desired', cell: 'number(.spec.replicas)', type: 'integer' },
    { name: 'Available', cell: 'number(.status.replicas)', type: 'integer' },
    ageColumn,
  ],
} as unknown as Resource;

/** A scheduler's decision: which node a pod runs on. */
async function bind(call: Call): Promise<Response> {
  const { cluster, resource, target, info, request } = call;
  if (info.verb !== 'create' || target.name === undefined) throw methodNotAllowed(info.method);
  const body = await readRecord(request);
  bindPod(cluster, resource, target.namespace, target.name, textAt(body, 'target', 'name'), dryRun(call));
  return represented(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, negotiate(request));
}
