import { at, listAt, numberAt, textAt, timeOf } from '../../application/raw.ts';
import { matches, parseSelector } from '../../application/selector.ts';
import { InputError, NotFoundError } from '../../errors.ts';
import type { RestoreOutcome, RestoreRequest } from '../../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf, resourceKey } from '../../ports/kubernetes.ts';
import { createOnce } from '../create-once.ts';
import { progressOf } from './backup.ts';
import { objects, readBackup } from './contents.ts';
import { kinds } from './kinds.ts';
import { restorePhase } from './phases.ts';

/** What is there stays (`Retain`): the other policy deletes it first, volumes and all. */
export async function startRestore(context: EngineContext, request: RestoreRequest): Promise<void> {
  const { cluster, namespace } = context;
  const trouble = refusal(request, namespace);
  if (trouble !== undefined) throw new InputError(trouble, { cluster: cluster.name });
  const backup = await readBackup(context, request.point);
  const includeResources = await chosen(context, request);
  await createOnce(context, kinds.restores, {
    apiVersion: apiVersionOf(kinds.restores),
    kind: kinds.restores.kind,
    metadata: { name: request.name, namespace, labels: request.labels, annotations: request.annotations },
    spec: {
      backupName: request.point.name,
      backupLocation: textAt(backup, 'spec', 'backupLocation') ?? '',
      // What is not named here Stork leaves out.
      namespaceMapping: Object.fromEntries(request.namespaces.map((name) => [name, request.namespaceMapping[name] ?? name])),
      replacePolicy: 'Retain',
      ...(includeResources && { includeResources }),
    },
  });
}

/** What Stork cannot do at all, as a sentence. */
export function refusal(
  request: Pick<RestoreRequest, 'point' | 'namespaces' | 'namespaceMapping'> & Partial<Pick<RestoreRequest, 'rewrites'>>,
  namespace: string,
): string | undefined {
  const { point, rewrites = [] } = request;
  if (point.namespace !== namespace)
    return `Stork restores the backup ${point.name} in its own namespace ${point.namespace} only, into itself: it is no backup of ${namespace}`;
  const [first] = rewrites;
  if (first)
    return `Stork cannot change objects on their way back, and ${first.resource} ${first.namespace}/${first.name} has to be changed so that a copy does not act in the world`;
  return undefined;
}

/** Stork narrows a restore by a list of objects alone; its volumes come along with their claims. Undefined: everything. */
async function chosen(context: EngineContext, request: RestoreRequest): Promise<Record<string, string>[] | undefined> {
  const { labelSelector, claims, includedResources, excludedResources } = request;
  if (labelSelector === undefined && claims === undefined && !includedResources && !excludedResources) return undefined;
  const requirements = labelSelector === undefined ? [] : parseSelector(labelSelector);
  if (!requirements) throw new InputError(`the selector "${labelSelector}" cannot be read`);
  const { cluster, signal } = context;
  const served = await cluster.discover(signal ? { signal } : {});
  const keyOf = (object: KubeObject): string => {
    const type = served.find((one) => one.kind === object.kind && apiVersionOf(one).split('/')[0] === object.apiVersion.split('/')[0]);
    return type ? resourceKey(type) : object.kind;
  };
  const found = (await objects(context, request.point, request.namespaces)).filter((object) => {
    if (object.kind === 'Namespace') return false;
    if (!matches(requirements, object.metadata.labels)) return false;
    if (claims && object.kind === 'PersistentVolumeClaim' && !claims.includes(object.metadata.name)) return false;
    const key = keyOf(object);
    return (!includedResources || includedResources.includes(key)) && !excludedResources?.includes(key);
  });
  if (found.length === 0)
    throw new NotFoundError(`nothing of what is asked for is in ${request.point.name}`, {
      cluster: cluster.name,
      hint: `kubectl dr describe point ${request.point.name}`,
    });
  return found.map(({ apiVersion, kind, metadata }) => {
    const [version, group = 'core'] = apiVersion.split('/').reverse() as [string, string?];
    return { name: metadata.name, namespace: metadata.namespace ?? '', group, version, kind };
  });
}

export async function progressOfRestore(context: EngineContext, name: string): Promise<NativeProgress> {
  const { cluster, namespace, signal } = context;
  const object = await cluster.get({ type: kinds.restores, namespace, name }, signal ? { signal } : {});
  const progress = await progressOf(context, kinds.restores, object, restorePhase(object), ['volumes', 'resources']);
  const [done, total] = [numberAt(object, 'status', 'restoredresourceCount'), numberAt(object, 'status', 'resourceCount')];
  return progress.total === undefined && done !== undefined && total !== undefined && total > 0 ? { ...progress, done, total } : progress;
}

export async function outcomeOfRestore({ cluster, namespace, signal }: EngineContext, name: string): Promise<RestoreOutcome> {
  const object = await cluster.get({ type: kinds.restores, namespace, name }, signal ? { signal } : {});
  const outcome: RestoreOutcome = { created: 0, updated: 0, skipped: 0, failed: 0, warnings: [], errors: [] };
  for (const item of listAt(object, 'status', 'resources')) {
    const status = textAt(item, 'status');
    if (status === 'Successful') outcome.created += 1;
    else if (status === 'Retained') outcome.skipped += 1;
    else {
      outcome.failed += 1;
      const where = textAt(item, 'namespace');
      outcome.errors.push(
        `${where ? `${where}: ` : ''}${textAt(item, 'kind') ?? '?'} ${textAt(item, 'name') ?? '?'}: ${textAt(item, 'reason') ?? status ?? 'no status'}`,
      );
    }
  }
  for (const volume of listAt(object, 'status', 'volumes')) {
    if (textAt(volume, 'status') !== 'Failed') continue;
    outcome.errors.push(
      `${textAt(volume, 'sourceNamespace') ?? '?'}: the data of ${textAt(volume, 'persistentVolumeClaim') ?? '?'}: ${textAt(volume, 'reason') ?? 'failed'}`,
    );
  }
  if (at(object, 'status', 'largeResourceEnabled') === true) {
    outcome.created = numberAt(object, 'status', 'restoredresourceCount') ?? 0;
    outcome.warnings.push('there are too many objects for Stork to tell what became of each');
  }
  return outcome;
}

/**
 * Stork marks nothing of what it brings back: its own list says what it created and what it found there, and an object that is older than
 * the restore was found.
 */
export async function isRestoredBy(object: KubeObject, name: string, context?: EngineContext): Promise<boolean> {
  if (!context) return false;
  const { cluster, namespace, signal } = context;
  const restore = await cluster.get({ type: kinds.restores, namespace, name }, signal ? { signal } : {}).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  const [made, asked] = [timeOf(object.metadata.creationTimestamp), timeOf(restore?.metadata.creationTimestamp)];
  if (!restore || made === undefined || asked === undefined || made < asked) return false;
  // One that was made again after it ended is somebody else's; two clocks differ by seconds.
  const ended = timeOf(at(restore, 'status', 'finishTimestamp'));
  if (ended !== undefined && made > ended + 5_000) return false;
  // Claims are there before anything is listed, as long as its volumes are brought back.
  if (object.kind === 'PersistentVolumeClaim') {
    const volume = listAt(restore, 'status', 'volumes').find(
      (one) =>
        textAt(one, 'persistentVolumeClaim') === object.metadata.name &&
        textAt(restore, 'spec', 'namespaceMapping', textAt(one, 'sourceNamespace') ?? '') === object.metadata.namespace,
    );
    if (volume) return textAt(volume, 'status') !== 'Retained';
  }
  return listAt(restore, 'status', 'resources').some(
    (item) =>
      textAt(item, 'kind') === object.kind &&
      textAt(item, 'name') === object.metadata.name &&
      textAt(item, 'namespace') === object.metadata.namespace &&
      textAt(item, 'status') === 'Successful',
  );
}
