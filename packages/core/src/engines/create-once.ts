import { labels as ours } from '../application/model.ts';
import { ConflictError } from '../errors.ts';
import type { EngineContext } from '../ports/engine-context.ts';
import type { KubeObject, ResourceType } from '../ports/kubernetes.ts';

/**
 * Creates an object of this product, once: one of the same name that carries the labels of the same operation and step is
 * the one we made before we were killed; any other belongs to somebody else.
 */
export async function createOnce(context: EngineContext, type: ResourceType, object: KubeObject): Promise<void> {
  const { cluster, signal } = context;
  const options = signal ? { signal } : {};
  try {
    await cluster.create(type, object, options);
  } catch (error) {
    if (!(error instanceof ConflictError) || error.code !== 'ALREADY_EXISTS') throw error;
    const existing = await cluster.get(
      { type, name: object.metadata.name, ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}) },
      options,
    );
    const same = [ours.operation, ours.step].every((key) => existing.metadata.labels?.[key] === object.metadata.labels?.[key]);
    if (same && object.metadata.labels?.[ours.operation] !== undefined) return;
    throw new ConflictError(`${type.kind} ${object.metadata.name} already exists on ${cluster.name} and was made by somebody else`, {
      code: 'ALREADY_EXISTS',
      cluster: cluster.name,
      hint: 'plan again: the new plan gets a new name',
    });
  }
}
