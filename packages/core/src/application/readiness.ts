import type { KubeObject } from '../ports/kubernetes.ts';
import { at, listAt, numberAt, textAt } from './raw.ts';

export interface Readiness {
  ready: boolean;
  /** Why not, or what is remarkable although it is ready. */
  message?: string;
  /** It wants no pods, or none for now. */
  stopped?: true;
}

/** Is a workload as ready as it wants to be? `pods` finds its pods, who know why not. Never throws. */
export function readinessOf(object: KubeObject, pods: () => readonly KubeObject[]): Readiness {
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet':
      return replicas(numberAt(object, 'spec', 'replicas') ?? 1, numberAt(object, 'status', 'readyReplicas') ?? 0, object, pods);
    case 'DaemonSet':
      return replicas(
        numberAt(object, 'status', 'desiredNumberScheduled') ?? 0,
        numberAt(object, 'status', 'numberReady') ?? 0,
        object,
        pods,
      );
    case 'Job':
      return job(object);
    case 'CronJob':
      return at(object, 'spec', 'suspend') === true ? { ready: true, message: 'suspended', stopped: true } : { ready: true };
    default:
      return ofPods(pods());
  }
}

/** For what is only seen through its pods: ready when each pod is. */
function ofPods(pods: readonly KubeObject[]): Readiness {
  const ready = pods.filter(isReady).length;
  return ready === pods.length ? { ready: true } : { ready: false, message: `${ready} of ${pods.length} ready${because(pods)}` };
}

function replicas(wanted: number, ready: number, object: KubeObject, pods: () => readonly KubeObject[]): Readiness {
  if (wanted === 0) return object.kind === 'DaemonSet' ? { ready: true } : { ready: true, message: 'scaled to 0', stopped: true };
  const seen = numberAt(object, 'status', 'observedGeneration');
  if (seen !== undefined && seen < (numberAt(object, 'metadata', 'generation') ?? 0)) {
    return { ready: false, message: 'its latest change has not been acted on yet' };
  }
  return ready >= wanted ? { ready: true } : { ready: false, message: `${ready} of ${wanted} ready${because(pods())}` };
}

function job(object: KubeObject): Readiness {
  const held = (type: string) =>
    listAt(object, 'status', 'conditions').find((condition) => condition.type === type && condition.status === 'True');
  const failed = held('Failed');
  if (failed) return { ready: false, message: `failed: ${textAt(failed, 'message') ?? textAt(failed, 'reason') ?? 'no reason given'}` };
  return { ready: true, message: held('Complete') ? 'complete' : 'running' };
}

function isReady(pod: KubeObject): boolean {
  return (
    textAt(pod, 'status', 'phase') === 'Succeeded' ||
    listAt(pod, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True')
  );
}

/** The first thing that a pod complains of: `: CrashLoopBackOff (web-7f9c)`. */
function because(pods: readonly KubeObject[]): string {
  for (const pod of pods) {
    const statuses = [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')];
    for (const status of statuses) {
      const reason = textAt(status, 'state', 'waiting', 'reason') ?? textAt(status, 'state', 'terminated', 'reason');
      if (reason !== undefined && reason !== 'PodInitializing' && reason !== 'Completed') return `: ${reason} (${pod.metadata.name})`;
    }
    const unscheduled = listAt(pod, 'status', 'conditions').find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    if (unscheduled) return `: ${textAt(unscheduled, 'message') ?? 'not scheduled'} (${pod.metadata.name})`;
  }
  return '';
}
