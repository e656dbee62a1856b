import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { eventually, exists } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { serveHttps } from '@kubectl-dr/sandbox/doors/https';
import { kubeconfig } from '@kubectl-dr/sandbox/doors/kubeconfig';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import { runControllers } from '@kubectl-dr/sandbox/simulators/controller';
import { ifThere } from '@kubectl-dr/sandbox/simulators/find';
import type { Durations } from '@kubectl-dr/sandbox/simulators/durations';
import { driver, nodes, storageClasses } from '@kubectl-dr/sandbox/simulators/hardware';
import { Stage } from '@kubectl-dr/sandbox/simulators/stage';
import { VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import { volumeControllers } from '@kubectl-dr/sandbox/simulators/volumes/volumes';
import { podController } from '@kubectl-dr/sandbox/simulators/workloads/pods';
import { workloadControllers } from '@kubectl-dr/sandbox/simulators/workloads/workloads';
import { accessTypes, ControlledMemoryCluster, typesOf } from '../../suites/memory-cluster.ts';
import { ControlledHttpCluster } from './controlled-http-cluster.ts';
import type { TargetName } from './harness.ts';
import { chosenNodes } from './chosen-nodes.ts';
import type { Disks } from './disks.ts';
import { realDisks, simulatedDisks } from './disks.ts';
import { endingPods } from './ending-pods.ts';
import type { Links } from './links.ts';
import { linksInto, serveLinks } from './links.ts';
import { clientOf, realCluster } from './real.ts';
import { sweep } from './sweep.ts';

/** A cluster in which pods run and claims get bound. */
export interface LivingCluster {
  name: string;
  /** The product's client of it. */
  client: ClusterClient;
  /** For whoever plays a part of the cluster. */
  cluster: ControlledCluster;
  /** What lies on its volumes. */
  disks: Disks;
  /** Where those are simulated; absent where they are real. */
  volumes?: VolumeStore;
  /** May be changed at any time. */
  durations: Durations;
  /** With the users `admin` (of the context) and `guest`; the cluster in memory has none. */
  kubeconfig?: string;
  /** Where an engine puts what clients download. */
  links: Pick<Links, 'offer' | 'missing' | 'store'>;
  /** Starts more controllers; they end with the cluster. */
  run(controllers: Controller[]): void;
  close(): Promise<void>;
}

/** Real time, but little of it: what happens can be watched happening, and cancelled. */
const brisk: Durations = {
  podStart: 20,
  job: 3_600_000,
  backup: 300,
  restore: 300,
  dataMovement: 150,
  finalizing: 20,
  deletion: 20,
};

export interface StageOptions {
  name: 'east' | 'west';
  /** Types that are there from the start. A definition that is not ours to write comes from files. */
  definitions?: KubeObject[];
  /** How much of the past the sandbox remembers, in changes. */
  historySize?: number;
}

/** Namespaces that a stage leaves behind as it found them: absent. */
const visited = ['shop', 'shop-ml', 'shop-drill', 'shop-copy', 'shop-again', 'velero', 'kubectl-dr'];

export const stages: Record<TargetName, (options: StageOptions) => Promise<LivingCluster>> = {
  /** No server at all, but the same controllers. */
  async memory({ name, definitions = [] }) {
    const durations = { ...brisk };
    const cluster = new ControlledMemoryCluster({ name, clock: systemClock, types: [...definitions.flatMap(typesOf), ...accessTypes] });
    const { run, end } = runner(cluster);
    const volumes = new VolumeStore();
    await install(cluster);
    run([
      ...volumeControllers(cluster, volumes),
      ...workloadControllers({ cluster, clock: systemClock, durations, volumes, failures: [] }),
    ]);
    return {
      name,
      client: cluster,
      cluster,
      disks: simulatedDisks(volumes),
      volumes,
      durations,
      links: linksInto(cluster.blobs, 'https://store.invalid'),
      run,
      close: async () => end(),
    };
  },

  /** The sandbox with all of its controllers, behind its HTTPS door. */
  async sandbox({ name, definitions = [], historySize = 20_000 }) {
    const durations = { ...brisk };
    const tokens = {
      admin: { username: 'admin', uid: 'admin', groups: ['system:masters'] },
      guest: { username: 'guest', uid: 'guest', groups: ['visitors'] },
    };
    const stage = new Stage({ name, clock: systemClock, durations, tokens, crds: definitions, historySize, onError: report });
    const door = await serveHttps({ apis: { [name]: stage.api }, port: 0 });
    const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-sandbox-'));
    const file = path.join(folder, 'kubeconfig');
    await writeFile(file, kubeconfig({ url: door.url, ca: door.ca, clusters: [name], users: { admin: 'admin', guest: 'guest' } }));
    await install(stage.cluster);
    stage.start();
    const client = await clientOf({ name, kubeconfig: file });
    return {
      name,
      client,
      cluster: stage.cluster,
      disks: simulatedDisks(stage.volumes),
      volumes: stage.volumes,
      durations,
      kubeconfig: file,
      links: linksInto(stage.api.objects, `${door.url}/clusters/${name}/_objects`),
      run: (controllers) => stage.run(controllers),
      async close() {
        await client.close();
        stage.close();
        await door.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },

  /**
   * A real cluster with what it lacks: scheduler, kubelet and, without drivers, volumes come from the sandbox's simulators,
   * the controllers of workloads are Kubernetes' own.
   */
  async real({ name, definitions = [] }) {
    const durations = { ...brisk };
    const place = realCluster(name);
    const config = resolveContext(await loadKubeConfig({ file: place.kubeconfig, env: {} }));
    const cluster = new ControlledHttpCluster(config, name);
    await assertUnused(cluster);
    for (const definition of definitions)
      await cluster.patch({ type: types.customResourceDefinitions, name: definition.metadata.name }, 'apply', definition);
    await eventually(async () => {
      const served = await cluster.discover();
      return definitions
        .flatMap(typesOf)
        .every(({ group, resource }) => served.some((type) => type.group === group && type.resource === resource));
    }, `the definitions are served by ${name}`);
    const { run, end } = runner(cluster);
    const added = runner(cluster);
    const volumes = new VolumeStore();
    const links = await serveLinks();
    await install(cluster);
    run([
      ...(place.storage === undefined ? volumeControllers(cluster, volumes) : [chosenNodes(cluster, nodePlan.name)]),
      podController({ cluster, clock: systemClock, durations, volumes, failures: [] }),
      endingPods(cluster),
    ]);
    return {
      name,
      client: cluster,
      cluster,
      ...(place.storage === undefined ? { disks: simulatedDisks(volumes), volumes } : { disks: realDisks(cluster, place.storage) }),
      durations,
      kubeconfig: place.kubeconfig,
      links,
      run: added.run,
      async close() {
        // An engine takes off its finalizers while it runs, and may restore until it ends.
        await Promise.all(visited.map((namespace) => removeNamespace(cluster, namespace)));
        added.end();
        await Promise.all(visited.map((namespace) => removeNamespace(cluster, namespace)));
        if (place.storage !== undefined) await sweep(cluster, visited);
        end();
        await links.close();
        await cluster.close();
      },
    };
  },
};

function runner(cluster: ControlledCluster): { run(controllers: Controller[]): void; end(): void } {
  const ending = new AbortController();
  return {
    run(controllers) {
      runControllers({ cluster, clock: systemClock, controllers, signal: ending.signal, onError: report });
    },
    end: () => ending.abort(new Error('the test is over')),
  };
}

/** Volumes that are there as soon as they are asked for, and that can be snapshotted. */
const quick: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'quick' },
  provisioner: driver,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

const nodePlan = { name: 'node-1', zone: 'east-1a' };

/** Nodes and storage classes; those of an earlier file stay. */
async function install(cluster: ControlledCluster): Promise<void> {
  const known: Record<string, ResourceType> = { Node: types.nodes, StorageClass: types.storageClasses };
  for (const object of [...nodes([nodePlan]), ...storageClasses(), quick]) {
    const ref = { type: known[object.kind]!, name: object.metadata.name };
    await cluster.patch(ref, 'apply', object);
    if (object.kind !== 'Node') continue;
    await cluster.patchStatus(ref, object.status as Record<string, unknown>);
    // The admission of a real server taints a node that has not told that it is ready.
    await cluster.patch(ref, 'merge', { spec: { taints: null } });
  }
}

/** Somebody's own cluster may hold what these suites would overwrite, and delete at the end. */
async function assertUnused(cluster: ClusterClient): Promise<void> {
  for (const name of visited) {
    if (await exists(cluster, { type: types.namespaces, name }))
      throw new Error(`the namespace ${name} exists on ${cluster.name}: these suites need clusters that hold nothing of value`);
  }
}

/** With everything in it, which takes a real server up to half a minute where pods have to end. */
export async function removeNamespace(cluster: ClusterClient, name: string): Promise<void> {
  const ref = { type: types.namespaces, name };
  await ifThere(cluster.delete(ref));
  await eventually(async () => !(await exists(cluster, ref)), `the namespace ${name} went`, 90_000);
}

function report(error: Error, controller: string): void {
  // A namespace goes at its own pace, and refuses what still happens in it: nothing is wrong.
  if (error.message.includes('because it is being terminated')) return;
  process.stderr.write(`controller ${controller}: ${error.message}\n`);
}
