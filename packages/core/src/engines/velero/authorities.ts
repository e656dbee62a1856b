import { DrError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import { types } from '../../ports/kubernetes.ts';
import type { ArtefactKind } from './artefact-kind.ts';
import { veleroKinds } from './kinds.ts';
import { fields, text } from './schema.ts';

/**
 * Who vouches for the object store of a backup or restore besides the authorities of this machine, PEM: `caCert` of its location, or
 * what `caCertRef` names, as Velero itself takes them (backupstoragelocation_types.go). Undefined when nothing is named, and when what
 * is named may not be read: then the store is refused as one that nobody vouches for.
 */
export async function authoritiesOf(context: EngineContext, kind: ArtefactKind, name: string): Promise<string | undefined> {
  const { cluster, namespace, signal } = context;
  const read = async (type: (typeof veleroKinds)[keyof typeof veleroKinds] | typeof types.secrets, of: string) =>
    cluster.get({ type, namespace, name: of }, signal ? { signal } : {});
  try {
    const backup = kind.startsWith('Restore') ? text(fields((await read(veleroKinds.restores, name)).spec).backupName) : name;
    if (backup === undefined) return undefined;
    const location = text(fields((await read(veleroKinds.backups, backup)).spec).storageLocation);
    if (location === undefined) return undefined;
    const store = fields(fields((await read(veleroKinds.locations, location)).spec).objectStorage);
    const ref = fields(store.caCertRef);
    const [secret, key] = [text(ref.name), text(ref.key)];
    const named = text(store.caCert) ?? (secret && key ? text(fields((await read(types.secrets, secret)).data)[key]) : undefined);
    return named && atob(named);
  } catch (error) {
    if (signal?.aborted) throw error;
    if (error instanceof DrError || error instanceof DOMException) return undefined;
    throw error;
  }
}
