import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { at, listAt, textAt } from '../../api/json.ts';
import { timestamp } from '../../api/writer.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller } from '../controller.ts';
import { own } from '../controller.ts';
import { find } from '../find.ts';
import { isReady, owned, ownerKeys } from './owners.ts';
import { podFor, writeStatus } from './replica-sets.ts';

const type = types.jobs;

export function jobController(cluster: ControlledCluster, clock: Clock): Controller {
  return {
    name: 'jobs',
    watches: [own(type), { type: types.pods, keys: ownerKeys(type) }],
    async reconcile({ namespace, name }) {
      const ref: ObjectRef = { type, namespace: namespace!, name };
      const job = await find(cluster, ref);
      if (job === undefined || job.metadata.deletionTimestamp !== undefined || at(job, 'spec', 'suspend') === true) return;
      if (listAt(job, 'status', 'conditions').some((condition) => textAt(condition, 'type') === 'Complete')) return;
      const wanted = positive(at(job, 'spec', 'completions')) ?? 1;
      const sideBySide = positive(at(job, 'spec', 'parallelism')) ?? 1;
      const pods = await owned(cluster, job, types.pods);
      const succeeded = pods.filter((pod) => textAt(pod, 'status', 'phase') === 'Succeeded').length;
      let active = pods.length - succeeded;
      for (; active < Math.min(sideBySide, wanted - succeeded); active++) {
        const labels = { 'batch.kubernetes.io/job-name': name, 'job-name': name, 'batch.kubernetes.io/controller-uid': job.metadata.uid! };
        pods.push(await cluster.create(types.pods, podFor(job, { generateName: `${name}-`, labels })));
      }
      const now = timestamp(clock);
      const complete = succeeded >= wanted;
      await writeStatus(cluster, ref, job, {
        startTime: textAt(job, 'status', 'startTime') || now,
        active: complete ? 0 : active,
        ready: pods.filter(isReady).length,
        succeeded,
        ...(complete && {
          completionTime: now,
          conditions: [{ type: 'Complete', status: 'True', lastProbeTime: now, lastTransitionTime: now }],
        }),
      });
    },
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
