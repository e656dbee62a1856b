import type { KubeObject } from '@kubectl-dr/core/ports/kubernetes';
import { established } from './crd.ts';
import { isRecord, recordAt, textAt, withPath } from './json.ts';
import type { Resource } from './resource.ts';
import type { ServiceAddresses } from './services.ts';

export interface Preparation {
  addresses: ServiceAddresses;
  /** RFC 3339, whole seconds. */
  now: string;
}

/**
 * The few things that the server itself writes into an object of a kind, at creation and update. Everything else is
 * stored as it was given: no defaulting, so that what was captured is what is restored.
 */
export function prepare(
  resource: Resource,
  object: KubeObject,
  current: KubeObject | undefined,
  { addresses, now }: Preparation,
): KubeObject {
  if (!resource.builtIn) return object;
  switch (resource.resource) {
    case 'namespaces':
      return namespace(object, current);
    case 'services':
      return addresses.fill(object, current);
    case 'secrets':
      return secret(object);
    case 'customresourcedefinitions':
      return established(object, now);
    default:
      return object;
  }
}

function namespace(object: KubeObject, current: KubeObject | undefined): KubeObject {
  const named = withPath(object, ['metadata', 'labels', 'kubernetes.io/metadata.name'], object.metadata.name);
  if (current !== undefined) {
    // Only `/finalize` changes these.
    return { ...named, spec: { ...recordAt(named, 'spec'), finalizers: recordAt(current, 'spec').finalizers ?? [] } };
  }
  return { ...named, spec: { ...recordAt(named, 'spec'), finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}

/** `stringData` can be written but not read: the server moves it into `data`. */
function secret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object as KubeObject & { stringData?: unknown };
  if (!isRecord(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, base64(String(value))]);
  const data = { ...recordAt(rest, 'data'), ...Object.fromEntries(encoded) };
  return { ...rest, data, type: textAt(object, 'type') || 'Opaque' } as KubeObject;
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
