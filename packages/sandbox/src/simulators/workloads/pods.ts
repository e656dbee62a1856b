import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, ObjectRef } from '@kubectl-dr/core/ports/kubernetes';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { at, isRecord, listAt, textAt } from '../../api/json.ts';
import { timestamp } from '../../api/writer.ts';
import type { ControlledCluster } from '../api-cluster.ts';
import type { Controller, Key } from '../controller.ts';
import { keyOf } from '../controller.ts';
import type { Durations } from '../durations.ts';
import { find } from '../find.ts';
import { claimNames } from '../volumes/volumes.ts';
import type { VolumeStore } from '../volumes/volume-store.ts';
import { placePod } from './scheduler.ts';

/** A pod that does not get ready, as data: the first rule that matches counts. */
export interface PodFailure {
  namespace?: string;
  /** Beginning of the pod's name. */
  prefix?: string;
  /** `CrashLoopBackOff`, `ImagePullBackOff` ... */
  reason: string;
  message?: string;
}

export interface PodOptions {
  cluster: ControlledCluster;
  clock: Clock;
  durations: Durations;
  volumes: VolumeStore;
  failures: readonly PodFailure[];
}

/** Scheduler and kubelet in one: pods wait for their claims and a node, start, run, and those of Jobs end. */
export function podController(options: PodOptions): Controller {
  const { cluster } = options;
  // Kubernetes keeps whole seconds, which is too coarse for how long a pod takes here.
  const started = new Map<string, number>();
  return {
    name: 'pods',
    watches: [
      // A claim that got bound, a node, or the room that a pod leaves behind may be what another one waited for.
      { type: types.pods, keys: (pod, deleted) => [deleted ? { name: '*all' } : keyOf(pod)] },
      { type: types.persistentVolumeClaims, keys: ({ metadata }) => [{ namespace: metadata.namespace!, name: `*claim/${metadata.name}` }] },
      { type: types.nodes, keys: () => [{ name: '*all' }] },
    ],
    async reconcile(key) {
      if (!key.name.startsWith('*')) return reconcilePod(options, started, key);
      const { items } = await cluster.list(types.pods, key.namespace === undefined ? {} : { namespace: key.namespace });
      for (const pod of items)
        if (textAt(pod, 'status', 'phase') === 'Pending' && textAt(pod, 'spec', 'nodeName') === '')
          await reconcilePod(options, started, keyOf(pod));
    },
  };
}

async function reconcilePod(options: PodOptions, started: Map<string, number>, { namespace, name }: Key): Promise<number | void> {
  const { cluster, clock, durations, volumes, failures } = options;
  const ref: ObjectRef = { type: types.pods, namespace: namespace!, name };
  const pod = await find(cluster, ref);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') return;
  const now = timestamp(clock);
  if (textAt(pod, 'spec', 'nodeName') === '') {
    const placed = await placePod(cluster, pod);
    if ('reason' in placed) {
      const status = {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: placed.reason, lastTransitionTime: now }],
      };
      if (textAt(listAt(pod, 'status', 'conditions')[0], 'message') !== placed.reason) await cluster.patchStatus(ref, status);
      return;
    }
    await cluster.bind(ref, placed.node);
    started.set(pod.metadata.uid!, clock.now().getTime());
    await cluster.patchStatus(ref, waiting(pod, now, 'ContainerCreating'));
    return durations.podStart;
  }
  if (phase === 'Running') return runOn(cluster, pod, ref, clock, durations, now);
  const left = (started.get(pod.metadata.uid!) ?? 0) + durations.podStart - clock.now().getTime();
  if (left > 0) return left;
  started.delete(pod.metadata.uid!);
  const failure = failures.find((rule) => (rule.namespace ?? namespace) === namespace && name.startsWith(rule.prefix ?? ''));
  if (failure !== undefined) {
    const seen = listAt(pod, 'status', 'containerStatuses').some(
      (container) => textAt(container, 'state', 'waiting', 'reason') === failure.reason,
    );
    if (!seen) await cluster.patchStatus(ref, waiting(pod, now, failure.reason, failure.message));
    return;
  }
  await cluster.patchStatus(ref, running(pod, now));
  await initialise(cluster, volumes, pod, now);
  if (endsByItself(pod)) return durations.job;
}

function endsByItself(pod: KubeObject): boolean {
  return pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;
}

async function runOn(
  cluster: ControlledCluster,
  pod: KubeObject,
  ref: ObjectRef,
  clock: Clock,
  { job }: Durations,
  now: string,
): Promise<number | void> {
  if (!endsByItself(pod)) return;
  const left = Date.parse(textAt(pod, 'status', 'startTime')) + job - clock.now().getTime();
  if (left > 0) return left;
  await cluster.patchStatus(ref, {
    phase: 'Succeeded',
    conditions: conditions(now, 'False', 'PodCompleted'),
    containerStatuses: containers(pod).map((status) => ({
      ...status,
      ready: false,
      started: false,
      state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: textAt(pod, 'status', 'startTime'), finishedAt: now } },
    })),
  });
}

/** A program that finds its volume empty starts with new data: the difference that a lost volume makes is then there to see. */
async function initialise(cluster: ControlledCluster, store: VolumeStore, pod: KubeObject, now: string): Promise<void> {
  for (const name of claimNames(pod)) {
    const claim = await find(cluster, { type: types.persistentVolumeClaims, namespace: pod.metadata.namespace!, name });
    const volume = textAt(claim, 'spec', 'volumeName');
    const files = store.read(volume);
    if (files !== undefined && Object.keys(files).length === 0)
      store.write(volume, { INITIALISED: `by ${pod.metadata.namespace}/${pod.metadata.name} at ${now}\n` });
  }
}

function containers(pod: KubeObject): Record<string, unknown>[] {
  return listAt(pod, 'spec', 'containers')
    .filter(isRecord)
    .map((container) => ({
      name: container.name,
      image: container.image,
      imageID: '',
      containerID: `sandbox://${pod.metadata.uid}/${String(container.name)}`,
      restartCount: 0,
      ready: true,
      started: true,
    }));
}

function conditions(now: string, ready: 'True' | 'False', reason?: string): Record<string, unknown>[] {
  const condition = (type: string, status: string): Record<string, unknown> => ({
    type,
    status,
    lastTransitionTime: now,
    ...(reason !== undefined && status === 'False' && { reason }),
  });
  return [
    condition('PodScheduled', 'True'),
    condition('Initialized', 'True'),
    condition('ContainersReady', ready),
    condition('Ready', ready),
  ];
}

function addresses(pod: KubeObject): Record<string, unknown> {
  const number = Number.parseInt((pod.metadata.uid ?? '0').replaceAll('-', '').slice(0, 6), 16);
  const podIP = `10.${64 + (number % 64)}.${(number >> 6) & 255}.${1 + ((number >> 14) & 127)}`;
  return { podIP, podIPs: [{ ip: podIP }], hostIP: '172.18.0.2' };
}

function waiting(pod: KubeObject, now: string, reason: string, message?: string): Record<string, unknown> {
  return {
    phase: 'Pending',
    startTime: textAt(pod, 'status', 'startTime') || now,
    conditions: conditions(now, 'False', 'ContainersNotReady'),
    containerStatuses: containers(pod).map((status) => ({
      ...status,
      ready: false,
      started: false,
      state: { waiting: { reason, ...(message !== undefined && { message }) } },
    })),
  };
}

function running(pod: KubeObject, now: string): Record<string, unknown> {
  return {
    phase: 'Running',
    startTime: textAt(pod, 'status', 'startTime') || now,
    ...addresses(pod),
    conditions: conditions(now, 'True'),
    containerStatuses: containers(pod).map((status) => ({ ...status, state: { running: { startedAt: now } } })),
    ...(at(pod, 'status', 'initContainerStatuses') !== undefined && { initContainerStatuses: null }),
  };
}
