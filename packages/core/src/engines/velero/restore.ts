import { NotFoundError } from '../../errors.ts';
import type { RestoreOutcome, RestoreRequest } from '../../ports/engine.ts';
import type { EngineContext, NativeProgress } from '../../ports/engine-context.ts';
import type { KubeObject } from '../../ports/kubernetes.ts';
import { apiVersionOf, types } from '../../ports/kubernetes.ts';
import { createOnce } from '../create-once.ts';
import { jsonArtefact } from './artefacts.ts';
import { veleroKinds } from './kinds.ts';
import { labelValue } from './label.ts';
import { modifiers } from './modifiers.ts';
import { outcomeOf } from './outcome.ts';
import { progressOf } from './progress.ts';
import { tieToNamespaces } from './release.ts';
import { fields, text } from './schema.ts';
import { labelSelectorOf } from './selector.ts';
import type { RestoreSpec } from './types.generated.ts';

/** The rewrite rules lie in a ConfigMap of the same name; it must be there before the Restore that refers to it. */
export async function startRestore(context: EngineContext, request: RestoreRequest): Promise<void> {
  const { namespace } = context;
  const metadata = { name: request.name, namespace, labels: request.labels, annotations: request.annotations };
  if (request.rewrites.length > 0) {
    await createOnce(context, types.configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { 'modifiers.yaml': modifiers(request.rewrites) },
    });
  }
  const type = veleroKinds.restores;
  const spec: RestoreSpec = {
    backupName: request.point.name,
    includedNamespaces: request.namespaces,
    namespaceMapping: request.namespaceMapping,
    // `none` is the server's default; said, so that nobody's changed default overwrites anything.
    existingResourcePolicy: 'none',
    ...(request.labelSelector === undefined ? {} : { labelSelector: labelSelectorOf(request.labelSelector) }),
    ...(request.includedResources ? { includedResources: request.includedResources } : {}),
    ...(request.excludedResources ? { excludedResources: request.excludedResources } : {}),
    ...(request.rewrites.length > 0 ? { resourceModifier: { kind: 'ConfigMap', name: request.name } } : {}),
  };
  await createOnce(context, type, {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata,
    spec,
  });
}

export function progressOfRestore(context: EngineContext, name: string): Promise<NativeProgress> {
  return progressOf(context, veleroKinds.restores, name, 'itemsRestored');
}

/** The server labels what it created; with `none` as the policy it leaves what was there without. */
export async function isRestoredBy({ metadata }: KubeObject, name: string): Promise<boolean> {
  return metadata.labels?.['velero.io/restore-name'] === (await labelValue(name));
}

export async function outcomeOfRestore(context: EngineContext, name: string): Promise<RestoreOutcome> {
  const [list, results] = await Promise.all([
    jsonArtefact(context, 'RestoreResourceList', name),
    jsonArtefact(context, 'RestoreResults', name),
  ]);
  return outcomeOf(list, results);
}

/**
 * A running Restore cannot be told to stop; its transfers can, and it ends when they have. Those that wait for a pod that
 * will never come end so as well.
 */
export async function stopRestore(context: EngineContext, name: string): Promise<void> {
  const { cluster, namespace, signal } = context;
  const options = signal ? { signal } : {};
  for (const type of [veleroKinds.dataDownloads, veleroKinds.podVolumeRestores]) {
    const labelSelector = `velero.io/restore-name=${await labelValue(name)}`;
    const { items } = await cluster.list(type, { namespace, labelSelector, ...options }).catch(none);
    for (const { metadata, status } of items) {
      if (/^(Completed|Failed|Canceled|Canceling)$/.test(text(fields(status).phase) ?? '')) continue;
      await cluster.patch({ type, namespace, name: metadata.name }, 'merge', { spec: { cancel: true } }, options).catch(none);
    }
  }
}

/** The type is not served by this version, or the transfer has just gone. */
function none(error: unknown): { items: KubeObject[] } {
  if (error instanceof NotFoundError) return { items: [] };
  throw error;
}

/** The Restore stays, for it is evidence; its rewrite rules go, and what is left of its snapshots goes with its namespace. */
export async function finishRestore(context: EngineContext, name: string): Promise<void> {
  const { cluster, namespace, signal } = context;
  await tieToNamespaces(context, name);
  await cluster.delete({ type: types.configMaps, namespace, name }, signal ? { signal } : {}).catch((error: unknown) => {
    if (!(error instanceof NotFoundError)) throw error;
  });
}
