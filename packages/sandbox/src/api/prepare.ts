import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { admit } from './admission.ts';
import { established } from './crd.ts';
import { at, isRecord, recordAt, withPath } from './json.ts';
import type { Resource } from './resource.ts';
import type { Cluster } from './cluster.ts';

/**
 * What the server itself writes into an object of a kind, at creation and update, beyond the defaults of its type.
 * `now`: RFC 3339, whole seconds.
 */
export function prepare(
  { store, addresses }: Cluster,
  resource: Resource,
  object: KubeObject,
  current: KubeObject | undefined,
  now: string,
): KubeObject {
  if (!resource.builtIn) return object;
  const admitted = current === undefined ? admit(store, resource.resource, object) : object;
  switch (resource.resource) {
    case 'namespaces':
      return namespace(admitted, current);
    case 'services':
      return addresses.fill(admitted, current);
    case 'secrets':
      return secret(admitted);
    case 'persistentvolumeclaims':
      return claim(admitted);
    case 'jobs':
      return current === undefined ? job(admitted) : admitted;
    case 'customresourcedefinitions':
      return established(admitted, now);
    default:
      return admitted;
  }
}

function namespace(object: KubeObject, current: KubeObject | undefined): KubeObject {
  const named = withPath(object, ['metadata', 'labels', 'kubernetes.io/metadata.name'], object.metadata.name);
  // Only `/finalize` changes these.
  return withPath(named, ['spec', 'finalizers'], current === undefined ? ['kubernetes'] : at(current, 'spec', 'finalizers'));
}

/** `stringData` can be written but not read: the server moves it into `data`. */
function secret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object as KubeObject & { stringData?: unknown };
  if (!isRecord(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]);
  return { ...rest, data: { ...recordAt(rest, 'data'), ...Object.fromEntries(encoded) } } as KubeObject;
}

/** Where a claim's data comes from is told under two names. */
function claim(object: KubeObject): KubeObject {
  const { dataSource, dataSourceRef } = recordAt(object, 'spec');
  if (isRecord(dataSource) && dataSourceRef === undefined) return withPath(object, ['spec', 'dataSourceRef'], dataSource);
  if (dataSource === undefined && isRecord(dataSourceRef) && dataSourceRef.namespace === undefined)
    return withPath(object, ['spec', 'dataSource'], dataSourceRef);
  return object;
}

/** A job chooses its pods by its own uid, unless it says that it does so itself. */
function job(object: KubeObject): KubeObject {
  if (at(object, 'spec', 'manualSelector') === true) return object;
  const { name, uid } = object.metadata;
  const prefixed = { 'batch.kubernetes.io/controller-uid': uid };
  const labels = { ...prefixed, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
  const template = ['spec', 'template', 'metadata', 'labels'];
  const own = { ...recordAt(object, ...template), ...labels };
  // Whoever reads it gets the labels of the pods where it has none of its own: decoding fills them in, after the selector was made.
  const read = Object.keys(object.metadata.labels ?? {}).length === 0 ? withPath(object, ['metadata', 'labels'], own) : object;
  return withPath(withPath(read, template, own), ['spec', 'selector'], { matchLabels: prefixed });
}
