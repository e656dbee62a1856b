import { DrError } from '../../errors.ts';
import type { Intended } from '../../ports/engine.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { Reason } from '../../reason.ts';
import { veleroKinds } from './kinds.ts';
import { locationOf } from './map.ts';

/** The name that the server takes for the default one where none says of itself that it is (`--default-backup-storage-location`). */
const usual = 'default';

/** A backup lies in a location: one that is missing, does not answer or may not be written to makes it fail when it is begun. */
export async function foresee(context: EngineContext, intended: Intended): Promise<Reason[]> {
  if (!('backup' in intended)) return [];
  const { cluster, namespace } = context;
  const locations = (await listed(context))?.map((object) => locationOf(object, cluster.name));
  if (!locations) return [];
  const wanted = intended.backup.location ?? locations.find(({ isDefault }) => isDefault)?.name ?? usual;
  const location = locations.find(({ name }) => name === wanted);
  const about = { severity: 'blocker' as const, cluster: cluster.name, evidence: [`BackupStorageLocation ${namespace}/${wanted}`] };
  if (!location)
    return [
      {
        ...about,
        code: 'LOCATION_MISSING',
        message: `the storage location ${wanted}, in which a backup would lie, does not exist on ${cluster.name}`,
        fix: `create it, or make another one the default: kubectl --context ${cluster.name} -n ${namespace} get backupstoragelocations`,
      },
    ];
  if (location.phase === 'Unavailable')
    return [
      {
        ...about,
        code: 'LOCATION_UNAVAILABLE',
        message: `the storage location ${wanted} on ${cluster.name}, in which a backup would lie, is unavailable${location.message ? `: ${location.message}` : ''}`,
        fix: `kubectl dr describe location ${wanted}`,
      },
    ];
  if (location.accessMode !== 'ReadOnly') return [];
  return [
    {
      ...about,
      code: 'LOCATION_READ_ONLY',
      message: `the storage location ${wanted} on ${cluster.name}, in which a backup would lie, is read-only`,
      fix: `kubectl --context ${cluster.name} -n ${namespace} patch backupstoragelocation ${wanted} --type merge -p '{"spec":{"accessMode":"ReadWrite"}}'`,
    },
  ];
}

/** Undefined: who asks may not see them, and the server will say. */
async function listed({ cluster, namespace, signal }: EngineContext): Promise<KubeObject[] | undefined> {
  try {
    return (await cluster.list(veleroKinds.locations, { namespace, ...(signal && { signal }) })).items;
  } catch (error) {
    if (error instanceof DrError && error.code === 'FORBIDDEN') return undefined;
    throw error;
  }
}
