import { at, isRaw, listAt, textAt } from '../../application/raw.ts';
import { InputError } from '../../errors.ts';
import type { EngineContext } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import type { CapturedObject, PointContents, RecoveryPoint } from '../../protection/model.ts';
import { kinds } from './kinds.ts';
import { backupPhase, nativeOf } from './phases.ts';
import { capturesOf, scopeOf } from './point.ts';
import { readFile } from './store.ts';

type Point = Pick<RecoveryPoint, 'name' | 'namespace'>;

/** The backup of a point that ended well, or in part. InputError for any other. */
export async function readBackup({ cluster, signal }: EngineContext, { name, namespace }: Point): Promise<KubeObject> {
  const backup = await cluster.get({ type: kinds.backups, namespace, name }, signal ? { signal } : {});
  const phase = backupPhase(backup);
  if (phase === 'Succeeded' || phase === 'Degraded') return backup;
  throw new InputError(`the backup ${name} on ${cluster.name} is ${nativeOf(backup) || 'not started'}: its contents cannot be read`, {
    cluster: cluster.name,
  });
}

/** By the list in its status; where that was too long for one object (`largeResourceEnabled`), by the file beside the data. */
export async function contents(context: EngineContext, point: RecoveryPoint): Promise<PointContents> {
  const backup = await readBackup(context, point);
  const listed = listAt(backup, 'status', 'resources');
  const inline = listed.length > 0 && at(backup, 'status', 'largeResourceEnabled') !== true;
  const objects = inline ? listed.flatMap(listedObject) : (await resources(context, backup)).map(capturedObject);
  const { namespaces } = scopeOf(backup.spec, point.namespace);
  const names = namespaces === '*' ? [...new Set(objects.flatMap(({ namespace }) => namespace ?? []))] : namespaces;
  return {
    pointId: point.id,
    objects: [...names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', name })), ...objects],
    volumes: capturesOf(backup),
    errors: errorsOf(backup),
  };
}

/** As they lie in the store, those of these namespaces, and the namespaces themselves. */
export async function objects(context: EngineContext, point: Point, namespaces: string[]): Promise<KubeObject[]> {
  const backup = await readBackup(context, point);
  const { namespaces: scope } = scopeOf(backup.spec, point.namespace);
  const wanted = new Set(namespaces.filter((name) => scope === '*' || scope.includes(name)));
  if (wanted.size === 0) return [];
  const all = await resources(context, backup);
  const themselves = parsed(await readFile(context, backup, 'namespaces.json')).map((one) => ({
    ...one,
    apiVersion: 'v1',
    kind: 'Namespace',
  }));
  return [
    ...themselves.filter(({ metadata }) => wanted.has(metadata.name)),
    ...all.filter(({ metadata }) => metadata.namespace !== undefined && wanted.has(metadata.namespace)),
  ];
}

async function resources(context: EngineContext, backup: KubeObject): Promise<KubeObject[]> {
  return parsed(await readFile(context, backup, 'resources.json')).filter(({ kind, apiVersion }) => kind && apiVersion);
}

function parsed(value: unknown): KubeObject[] {
  return (Array.isArray(value) ? value : []).filter(
    (one): one is KubeObject => isRaw(one) && textAt(one, 'metadata', 'name') !== undefined,
  );
}

/** Stork writes the core group as `core`. */
function listedObject(item: unknown): CapturedObject[] {
  const [kind, name, version] = [textAt(item, 'kind'), textAt(item, 'name'), textAt(item, 'version')];
  const [group, namespace] = [textAt(item, 'group'), textAt(item, 'namespace')];
  if (kind === undefined || name === undefined) return [];
  const apiVersion = group === undefined || group === 'core' ? (version ?? 'v1') : `${group}/${version ?? ''}`;
  return [{ apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }];
}

function capturedObject({ apiVersion, kind, metadata }: KubeObject): CapturedObject {
  return { apiVersion, kind, name: metadata.name, ...(metadata.namespace && { namespace: metadata.namespace }) };
}

function errorsOf(backup: KubeObject): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const item of listAt(backup, 'status', 'resources')) {
    const status = textAt(item, 'status');
    if (status === undefined || status === 'Successful') continue;
    const said = `${textAt(item, 'kind') ?? '?'} ${textAt(item, 'name') ?? '?'}: ${textAt(item, 'reason') ?? status}`;
    (errors[textAt(item, 'namespace') ?? ''] ??= []).push(said);
  }
  return errors;
}
