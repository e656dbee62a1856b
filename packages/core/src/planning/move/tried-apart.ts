import { annotations, labels } from '../../application/model.ts';
import { nameFor } from '../assemble.ts';
import type { Step } from '../model.ts';
import type { Handed } from './handover.ts';

/** To delete a namespace with everything in it, seconds. */
const removalTimeout = 600;

/** Where a test runs that has namespaces of its own: everything of it is waited for, asked and told there. */
export function whereTried(one: Handed): Handed {
  const { into } = one.order;
  if (!into) return one;
  const there = <T extends { namespace: string }>(place: T): T => ({ ...place, namespace: into[place.namespace] ?? place.namespace });
  return {
    ...one,
    origins: one.origins.map(there),
    components: one.components.map((status) => ({
      ...status,
      component: { ...status.component, placements: status.component.placements.map(there) },
      workloads: status.workloads.map(there),
    })),
    brings: {
      ...one.brings,
      workloads: one.brings.workloads.map((workload) => ({ ...workload, namespace: into[workload.namespace ?? ''] ?? '' })),
      checks: one.brings.checks.map((check) => ({
        ...there(check),
        declaredBy: { ...check.declaredBy, namespace: into[check.declaredBy.namespace ?? ''] ?? '' },
      })),
    },
  };
}

export function createSteps(application: string, { order: { into = {} }, to, components }: Handed): Step[] {
  const owner = components.find(({ component }) => component.owner !== undefined)?.component.owner;
  return Object.entries(into).map(([namespace, scratch]): Step => ({
    id: createId(to, scratch),
    title: `Create the namespace ${scratch}`,
    cluster: to,
    action: {
      kind: 'namespace.create',
      namespace: scratch,
      labels: { [labels.cloneOf]: namespace, [labels.application]: nameFor(application) },
      annotations: owner === undefined ? {} : { [annotations.owner]: owner },
    },
  }));
}

export function removeSteps({ order: { into = {} }, to }: Handed): Step[] {
  return Object.values(into).map((scratch) => ({
    id: `remove-${nameFor(`${to}-${scratch}`, 200)}`,
    title: `Remove the namespace ${scratch}, and see that nothing of it is left`,
    cluster: to,
    undoes: createId(to, scratch),
    action: { kind: 'namespace.remove', namespace: scratch, timeoutSeconds: removalTimeout },
  }));
}

function createId(cluster: string, scratch: string): string {
  return `prepare-${nameFor(`${cluster}-${scratch}`, 200)}`;
}
