import { nameFor } from './assemble.ts';
import type { Step } from './model.ts';

/** Takes away what the engine of a restore keeps beside what came back. */
export function releaseOf(begun: Step): Step {
  const { id, action, cluster, component } = begun;
  if (action.kind !== 'engine.restore') throw new Error(`${id} is no restore`);
  const { engine, engineNamespace, request } = action;
  const namespaces = request.namespaces.map((namespace) => request.namespaceMapping[namespace] ?? namespace);
  return {
    id: nameFor(`left-${id}`, 240),
    title: 'Take away what the engine left of the restore',
    cluster,
    ...(component !== undefined && { component }),
    action: { kind: 'engine.restore.release', engine, engineNamespace, restore: id, namespaces },
  };
}
