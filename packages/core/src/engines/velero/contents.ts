import { textList } from '../../application/raw.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { CapturedObject, CaptureMethod, PointContents, RecoveryPoint, VolumeCapture } from '../../protection/model.ts';
import { assertReadable, jsonArtefact } from './artefacts.ts';
import { skipReason } from './skip-reason.ts';
import { count, fields, flag, text } from './schema.ts';

/** What a finished backup holds, by its resource list, its volume infos and its results. */
export async function contents(context: EngineContext, point: RecoveryPoint): Promise<PointContents> {
  await assertReadable(context, point.name);
  const [list, volumes, results] = await Promise.all(
    (['BackupResourceList', 'BackupVolumeInfos', 'BackupResults'] as const).map((kind) => jsonArtefact(context, kind, point.name)),
  );
  return { pointId: point.id, objects: objectsOfList(list), volumes: volumesOf(volumes), errors: errorsOf(results) };
}

/** `{"apps/v1/Deployment": ["ns/name"], "v1/PersistentVolume": ["name"]}` */
export function objectsOfList(list: unknown): CapturedObject[] {
  return Object.entries(fields(list)).flatMap(([key, names]) => {
    const cut = key.lastIndexOf('/');
    const apiVersion = key.slice(0, cut);
    const kind = key.slice(cut + 1);
    return textList(names).map((name) => {
      const slash = name.indexOf('/');
      return slash < 0 ? { apiVersion, kind, name } : { apiVersion, kind, namespace: name.slice(0, slash), name: name.slice(slash + 1) };
    });
  });
}

function volumesOf(infos: unknown): VolumeCapture[] {
  const result: VolumeCapture[] = [];
  for (const raw of Array.isArray(infos) ? infos : []) {
    const info = fields(raw);
    const namespace = text(info.pvcNamespace);
    const claim = text(info.pvcName);
    if (namespace === undefined || claim === undefined) continue;
    const skipped = flag(info.skipped) ?? false;
    const failed = info.result === 'failed';
    const bytes = bytesOf(info);
    const reason = text(info.skippedReason);
    const message = reason === undefined ? text(info.message) : skipReason(reason);
    result.push({
      namespace,
      claim,
      method: methodOf(info),
      state: skipped ? 'skipped' : failed ? 'failed' : 'captured',
      ...(bytes === undefined ? {} : { bytes }),
      ...(message ? { message } : {}),
    });
  }
  return result;
}

function methodOf(info: Record<string, unknown>): CaptureMethod {
  switch (info.backupMethod) {
    case 'CSISnapshot':
      return flag(info.snapshotDataMoved) ? 'data-mover' : 'csi-snapshot';
    case 'PodVolumeBackup':
      return 'file-system';
    case 'NativeSnapshot':
      return 'native-snapshot';
    default:
      return 'unknown';
  }
}

/** Each method has its own block, each with its own size; a CSI snapshot tells the restore size, which is no count of data. */
function bytesOf(info: Record<string, unknown>): number | undefined {
  const moved = fields(info.snapshotDataMovementInfo);
  const pod = fields(info.pvbInfo);
  return count(moved.size) ?? count(pod.size);
}

/** `{errors: {velero: [], cluster: [], namespaces: {ns: []}}}`; the key `''` collects what is not about a namespace. */
export function errorsOf(results: unknown, part: 'errors' | 'warnings' = 'errors'): Record<string, string[]> {
  const errors = fields(fields(results)[part]);
  const found: Record<string, string[]> = {};
  const general = [...textList(errors.velero), ...textList(errors.cluster)];
  if (general.length > 0) found[''] = general;
  for (const [namespace, messages] of Object.entries(fields(errors.namespaces))) {
    const said = textList(messages);
    if (said.length > 0) found[namespace] = said;
  }
  return found;
}
