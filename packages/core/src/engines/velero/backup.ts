import type { BackupRequest } from '../../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import { apiVersionOf } from '../../ports/kubernetes.ts';
import { createOnce } from '../create-once.ts';
import { veleroKinds } from './kinds.ts';
import { progressOf } from './progress.ts';
import { labelSelectorOf } from './selector.ts';
import type { BackupSpec } from './types.generated.ts';

export async function startBackup(context: EngineContext, request: BackupRequest): Promise<void> {
  const type = veleroKinds.backups;
  const spec: BackupSpec = {
    includedNamespaces: request.namespaces,
    ...(request.labelSelector === undefined ? {} : { labelSelector: labelSelectorOf(request.labelSelector) }),
    ...(request.location === undefined ? {} : { storageLocation: request.location }),
    // Both ways of capturing are off: a file system backup by default would otherwise still run.
    ...(request.volumes === 'none' ? { snapshotVolumes: false, defaultVolumesToFsBackup: false } : {}),
    // Files are copied through pods, of which there are none; a snapshot in the storage arrives nowhere else.
    ...(request.volumes === 'moved' ? { snapshotVolumes: true, snapshotMoveData: true, defaultVolumesToFsBackup: false } : {}),
    ...(request.keepFor === undefined ? {} : { ttl: `${Math.round(request.keepFor / 1000)}s` }),
  };
  await createOnce(context, type, {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: { name: request.name, namespace: context.namespace, labels: request.labels, annotations: request.annotations },
    spec,
  });
}

export function progressOfBackup(context: EngineContext, name: string): Promise<NativeProgress> {
  return progressOf(context, veleroKinds.backups, name, 'itemsBackedUp');
}
