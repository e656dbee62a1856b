import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import type { FakeClock } from '@kubectl-dr/core/testing/clock';
import type { ClusterConfig } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { at } from '@kubectl-dr/sandbox/api/json';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import type { Durations } from '@kubectl-dr/sandbox/simulators/durations';
import { instant } from '@kubectl-dr/sandbox/simulators/durations';
import { nodes, snapshotClass, storageClasses } from '@kubectl-dr/sandbox/simulators/hardware';
import type { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { PoweredControllers } from '@kubectl-dr/sandbox/simulators/power';
import type { VeleroBehaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import type { LocationPlan } from '@kubectl-dr/sandbox/simulators/velero/install';
import { veleroInstallation } from '@kubectl-dr/sandbox/simulators/velero/install';
import { veleroControllers } from '@kubectl-dr/sandbox/simulators/velero/velero';
import { VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import { snapshotControllers } from '@kubectl-dr/sandbox/simulators/volumes/snapshots';
import { volumeControllers } from '@kubectl-dr/sandbox/simulators/volumes/volumes';
import { podController } from '@kubectl-dr/sandbox/simulators/workloads/pods';
import { typesOf } from '../../suites/memory-cluster.ts';
import type { ClockDoor, Moment } from './clock-door.ts';
import { clockDoor } from './clock-door.ts';
import { ControlledHttpCluster } from './controlled-http-cluster.ts';
import { endingPods } from './ending-pods.ts';
import { serveLinks } from './links.ts';
import { define, realCluster } from './real.ts';
import { shippedDefinitions } from './snapshots.ts';
import { wipe } from './wiped.ts';

/** What is served besides Kubernetes' own, and stays when a cluster is emptied. */
const engines = ['velero.io', 'snapshot.storage.k8s.io', 'groupsnapshot.storage.k8s.io'];
/** Milliseconds without a change after which the controllers of the control plane are taken to have nothing to do. */
const quiet = 40;
/** And after which they are not waited for: some of what they do takes its time. */
const patience = 4_000;

export interface StillClusterOptions {
  name: 'east' | 'west';
  clock: FakeClock;
  buckets: MemoryBuckets;
  locations: readonly LocationPlan[];
  /** How Velero behaves; may be changed at any time. */
  velero: VeleroBehaviour;
}

/** A real control plane with Velero on which time stands still unless somebody waits; see README.md. */
export interface StillCluster {
  cluster: ControlledHttpCluster;
  /** By the door that controllers go through. */
  config: ClusterConfig;
  volumes: VolumeStore;
  durations: Durations;
  /** Without it no controller of ours does anything; those of Kubernetes go on. */
  power: PoweredControllers;
  /** One more way in, which tells time likewise and is waited for. It ends with the cluster. */
  door(): Promise<{ door: ClockDoor; config: ClusterConfig }>;
  /** Serves what is not served yet. */
  defineMissing(definitions: readonly KubeObject[]): Promise<void>;
  /** Resolves when nothing has anything to do now. */
  idle(): Promise<void>;
  /** Empties it. */
  close(): Promise<void>;
}

/**
 * The API server, and the controllers of Kubernetes for workloads and garbage, emptied in its store. What the server says of time is told
 * by the clock, and what it lacks is played as in the sandbox.
 */
export async function stillCluster({ name, clock, buckets, locations, velero }: StillClusterOptions): Promise<StillCluster> {
  const place = realCluster(name);
  if (place.etcd === undefined) throw new Error(`${name} is somebody's own cluster, which is not emptied between two stories`);
  await wipe(place.etcd, engines);
  const found = resolveContext(await loadKubeConfig({ file: place.kubeconfig, env: {} }));
  const doors: ClockDoor[] = [];
  const moments: Moment[] = [];
  const open = async (): Promise<{ door: ClockDoor; config: ClusterConfig }> => {
    const door = await clockDoor(
      { url: found.cluster.server, ca: Buffer.from(found.cluster.caData!, 'base64').toString() },
      clock,
      moments,
    );
    doors.push(door);
    return { door, config: { name, cluster: { name, server: door.url }, user: found.user } };
  };
  const { config } = await open();
  const cluster = new ControlledHttpCluster(config, name);
  const define = (definitions: readonly KubeObject[]): Promise<void> => defineMissing(cluster, definitions);
  await define([...(await shippedDefinitions('velero')), ...(await shippedDefinitions('external-snapshotter'))]);

  const [volumes, links, durations] = [new VolumeStore(), await serveLinks(), { ...instant }];
  const power = new PoweredControllers({ name, cluster, clock, onError: report });
  const workloads = new Map<string, KubeObject>();
  const idle = async (): Promise<void> => {
    const began = performance.now();
    for (;;) {
      for (const each of power.running) await each.idle();
      const silent = doors.every((door) => door.asked === 0 && door.quietFor() > quiet);
      // What is without power is not waited for.
      const done = silent && (!power.on || [...workloads.values()].every(isSeen));
      if (done || performance.now() - began > patience) return;
      await systemClock.sleep(10);
    }
  };
  power.run([
    witness(workloads),
    ...volumeControllers(cluster, volumes),
    podController({ cluster, clock, durations, volumes, failures: [] }),
    endingPods(cluster),
    ...snapshotControllers({ cluster, volumes, clock }),
  ]);
  for (const object of nodes([{ name: 'a', zone: 'eu-1a' }])) {
    const ref = { type: types.nodes, name: object.metadata.name };
    await cluster.create(types.nodes, object);
    await cluster.patchStatus(ref, object.status as Record<string, unknown>);
    // The admission of a real server taints a node that has not told that it is ready.
    await cluster.patch(ref, 'merge', { spec: { taints: null } });
  }
  await createAll(cluster, [...storageClasses(), snapshotClass(), ...veleroInstallation('v1.18.1', locations)]);
  const { offer, missing } = links;
  power.run(veleroControllers({ cluster, clock, durations, volumes, buckets, behaviour: velero, namespace: 'velero', offer, missing }));
  await idle();
  return {
    cluster,
    config,
    volumes,
    durations,
    power,
    door: open,
    defineMissing: define,
    idle,
    async close() {
      power.close();
      await Promise.all([cluster.close(), links.close(), ...doors.map((door) => door.close())]);
      await wipe(place.etcd!, engines);
    },
  };
}

/** Those of an earlier story are there already. */
async function defineMissing(cluster: ControlledHttpCluster, definitions: readonly KubeObject[]): Promise<void> {
  const known = await cluster.discover();
  const served = ({ group, resource }: ResourceType): boolean => known.some((type) => type.group === group && type.resource === resource);
  for (const definition of definitions) if (!typesOf(definition).every(served)) await define(cluster, definition);
}

/** Sees what only Kubernetes' own controllers act on, and changes nothing. */
function witness(workloads: Map<string, KubeObject>): Controller {
  const watched = [types.deployments, types.statefulSets, types.daemonSets, types.replicaSets, types.jobs, types.namespaces];
  return {
    name: 'witness',
    watches: watched.map((type) => ({
      type,
      keys(object, deleted) {
        if (deleted) workloads.delete(object.metadata.uid!);
        else if ([types.deployments, types.statefulSets, types.replicaSets].includes(type)) workloads.set(object.metadata.uid!, object);
        return [];
      },
    })),
    reconcile: async () => undefined,
  };
}

/** Its controller has acted on what it says now. */
function isSeen({ metadata, spec, status }: KubeObject): boolean {
  if (metadata.deletionTimestamp !== undefined) return true;
  return at(status, 'observedGeneration') === metadata.generation && (at(status, 'replicas') ?? 0) === (at(spec, 'replicas') ?? 1);
}

function report(error: Error, controller: string): void {
  if (error.message.includes('because it is being terminated')) return;
  process.stderr.write(`controller ${controller}: ${error.message}\n`);
}
