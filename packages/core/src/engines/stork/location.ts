import { at, isRaw, textAt } from '../../application/raw.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { StorageLocation } from '../../protection/model.ts';
import { withoutCredentials } from '../../text/credentials.ts';
import { adminNamespace, engineId } from './kinds.ts';

/** What people call a location: one of the admin namespace by its name, any other with its namespace. */
export function locationName(namespace: string, name: string): string {
  return namespace === adminNamespace ? name : `${namespace}/${name}`;
}

/**
 * The keys of the store, and the passphrase of its contents, may lie open in the object: nothing of it but type, bucket and address is
 * told. Stork writes no status: whether it answers is told by the backups that go there.
 */
export function locationOf(object: KubeObject, cluster: string): StorageLocation[] {
  const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
  if (name === undefined || namespace === undefined) return [];
  const type = textAt(object, 'location', 'type');
  const path = textAt(object, 'location', 'path');
  const endpoint = textAt(object, 'location', 's3Config', 'endpoint') ?? textAt(object, 'location', 'nfsConfig', 'serverAddr');
  return [
    {
      id: `${cluster}/${engineId}/${namespace}/${name}`,
      name: locationName(namespace, name),
      engine: engineId,
      cluster,
      phase: 'Unknown',
      accessMode: 'ReadWrite',
      isDefault: false,
      ...(type !== undefined && { provider: type }),
      ...(path !== undefined && { target: withoutCredentials(path) }),
      ...(endpoint !== undefined && { endpoint: withoutCredentials(endpoint) }),
    },
  ];
}

/** What Stork would refuse, or fail at, of what anybody may have written: its schema lets everything through. */
export function troubleOf(location: KubeObject): string | undefined {
  const type = textAt(location, 'location', 'type');
  const own = { s3: 's3Config', azure: 'azureConfig', google: 'googleConfig', nfs: 'nfsConfig' } as const;
  if (!isRaw(at(location, 'location'))) return 'has no location';
  if (type === undefined || !Object.hasOwn(own, type)) return `has the type ${JSON.stringify(type ?? '')}, not s3, azure, google or nfs`;
  if (textAt(location, 'location', 'secretConfig') !== undefined) return undefined;
  if (!isRaw(at(location, 'location', own[type as keyof typeof own])))
    return `has neither ${own[type as keyof typeof own]} nor secretConfig`;
  return textAt(location, 'location', 'path') === undefined ? 'has no path' : undefined;
}
