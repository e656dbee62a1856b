import { DrError } from '../errors.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { OwnerReference } from '../ports/kubernetes.ts';
import { types } from '../ports/kubernetes.ts';

/**
 * What lies in no namespace goes with one that owns it: the cluster collects it, whoever deletes the namespace. `gone` when
 * there is no such namespace any more, undefined where nobody may look at it.
 */
export async function namespaceOwner({ cluster, signal }: EngineContext, name: string): Promise<OwnerReference | 'gone' | undefined> {
  try {
    const { metadata } = await cluster.get({ type: types.namespaces, name }, signal ? { signal } : {});
    return metadata.uid === undefined ? undefined : { apiVersion: 'v1', kind: 'Namespace', name, uid: metadata.uid };
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    if (error.code === 'NOT_FOUND') return 'gone';
    if (error.code === 'FORBIDDEN') return undefined;
    throw error;
  }
}
