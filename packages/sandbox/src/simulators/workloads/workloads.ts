import type { Controller } from '../controller.ts';
import { daemonSetController } from './daemon-sets.ts';
import { deploymentController } from './deployments.ts';
import { jobController } from './jobs.ts';
import type { PodOptions } from './pods.ts';
import { podController } from './pods.ts';
import { replicaSetController } from './replica-sets.ts';
import { statefulSetController } from './stateful-sets.ts';

/** What makes declared workloads into running pods. No container runs: a pod is a status that changes with time. */
export function workloadControllers(options: PodOptions): Controller[] {
  const { cluster, clock } = options;
  return [
    podController(options),
    replicaSetController(cluster),
    deploymentController(cluster, clock),
    statefulSetController(cluster),
    daemonSetController(cluster),
    jobController(cluster, clock),
  ];
}
