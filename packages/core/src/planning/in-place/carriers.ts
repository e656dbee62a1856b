import { selectorOf } from '../../application/selector.ts';
import { types } from '../../ports/kubernetes.ts';
import type { ObjectTarget } from '../model.ts';
import type { Part, Stopped } from './part.ts';
import type { RolledVolume } from './volumes.ts';

/** A workload whose pods bring files back: a file system backup returns through nothing else. */
export interface Carrier {
  target: ObjectTarget;
  podSelector: string;
  /** Names of its pods in the point. */
  pods: string[];
  volumes: RolledVolume[];
  /** Absent when the workload itself is gone: there is no controller in the way. */
  stopped?: Stopped;
}

export function carriersOf({ place, point, scope, stopped, volumes }: Part): Carrier[] {
  return scope.workloads.flatMap((workload): Carrier[] => {
    const { kind, name } = workload;
    if (kind !== 'Deployment' && kind !== 'StatefulSet') return [];
    const mine = volumes.filter(({ users }) => users.includes(workload));
    if (!mine.some(({ method }) => method === 'file-system')) return [];
    const running = stopped.find(({ target }) => target.type.kind === kind && target.name === name);
    const pods = (place.captured.get(point.id) ?? []).filter(
      (object) =>
        object.kind === 'Pod' && Object.entries(workload.podLabels).every(([key, value]) => object.metadata.labels?.[key] === value),
    );
    return [
      {
        target: { type: kind === 'Deployment' ? types.deployments : types.statefulSets, namespace: place.namespace, name },
        podSelector: selectorOf(workload.podLabels),
        pods: pods.map(({ metadata }) => metadata.name).sort(),
        volumes: mine,
        ...(running && { stopped: running }),
      },
    ];
  });
}
