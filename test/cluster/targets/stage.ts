import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '@kubectl-dr/core/ports/clock';
import { types } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { kubeconfig } from '@kubectl-dr/sandbox/doors/kubeconfig';
import { serveHttps } from '@kubectl-dr/sandbox/doors/https';
import type { ControlledCluster } from '@kubectl-dr/sandbox/simulators/api-cluster';
import { keyOf, runControllers } from '@kubectl-dr/sandbox/simulators/controller';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import type { Durations } from '@kubectl-dr/sandbox/simulators/durations';
import { find, ifThere } from '@kubectl-dr/sandbox/simulators/find';
import { instant } from '@kubectl-dr/sandbox/simulators/durations';
import { nodes, storageClasses } from '@kubectl-dr/sandbox/simulators/hardware';
import { Stage } from '@kubectl-dr/sandbox/simulators/stage';
import { VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import { volumeControllers } from '@kubectl-dr/sandbox/simulators/volumes/volumes';
import { podController } from '@kubectl-dr/sandbox/simulators/workloads/pods';
import { ControlledHttpCluster } from './controlled-http-cluster.ts';
import { realCluster } from './real.ts';

/** A cluster in which pods run and claims get bound, and a kubeconfig for it with the users `admin` and `guest`. */
export interface LivingCluster {
  cluster: ControlledCluster;
  clock: Clock;
  volumes: VolumeStore;
  kubeconfig: string;
  close(): Promise<void>;
}

const hardware = [...nodes([{ name: 'node-1', zone: 'east-1a' }]), ...storageClasses()];

/** The sandbox with all of its controllers, behind its HTTPS door. */
export async function sandboxStage(name: string, durations: Durations = instant): Promise<LivingCluster> {
  const tokens = {
    admin: { username: 'admin', uid: 'admin', groups: ['system:masters'] },
    guest: { username: 'guest', uid: 'guest', groups: ['visitors'] },
  };
  const stage = new Stage({ name, clock: systemClock, durations, tokens });
  const door = await serveHttps({ apis: { [name]: stage.api }, port: 0 });
  const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-dr-sandbox-'));
  const file = path.join(folder, 'kubeconfig');
  await writeFile(file, kubeconfig({ url: door.url, ca: door.ca, clusters: [name], users: { admin: 'admin', guest: 'guest' } }));
  await install(stage.cluster);
  stage.start();
  return {
    cluster: stage.cluster,
    clock: systemClock,
    volumes: stage.volumes,
    kubeconfig: file,
    async close() {
      stage.close();
      await door.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A real cluster with what it lacks: scheduler, kubelet and volumes come from the sandbox's simulators, the controllers of
 * workloads are Kubernetes' own.
 */
export async function realStage(name: 'east' | 'west', durations: Durations = instant): Promise<LivingCluster> {
  const place = realCluster(name);
  const config = resolveContext(await loadKubeConfig({ file: place.kubeconfig, env: {} }));
  const cluster = new ControlledHttpCluster(config, name);
  const volumes = new VolumeStore();
  const end = new AbortController();
  await install(cluster);
  const controllers = [
    ...volumeControllers(cluster, volumes),
    podController({ cluster, clock: systemClock, durations, volumes, failures: [] }),
    endingPods(cluster),
  ];
  runControllers({ cluster, clock: systemClock, controllers, signal: end.signal, onError: report });
  return {
    cluster,
    clock: systemClock,
    volumes,
    kubeconfig: place.kubeconfig,
    async close() {
      end.abort(new Error('the test is over'));
      await cluster.close();
    },
  };
}

/** Nodes and storage classes; those of an earlier file stay. */
async function install(cluster: ControlledCluster): Promise<void> {
  const known = { Node: types.nodes, StorageClass: types.storageClasses };
  for (const object of hardware) {
    const ref = { type: known[object.kind as keyof typeof known], name: object.metadata.name };
    await cluster.patch(ref, 'apply', object);
    if (object.status) await cluster.patchStatus(ref, object.status as Record<string, unknown>);
    // The admission of real clusters taints a node that has not told that it is ready.
    if (object.kind === 'Node') await cluster.patch(ref, 'merge', { spec: { taints: null } });
  }
}

/** The kubelet's last act for a pod: a real server waits for it, the sandbox's pods go at once. */
function endingPods(cluster: ControlledHttpCluster): Controller {
  return {
    name: 'ending pods',
    watches: [{ type: types.pods, keys: (pod, deleted) => (pod.metadata.deletionTimestamp && !deleted ? [keyOf(pod)] : []) }],
    async reconcile({ namespace, name }) {
      const ref = { type: types.pods, namespace: namespace!, name };
      const pod = await find(cluster, ref);
      // What has no node is ended by the server itself, and a new pod may have taken the name.
      if (pod?.metadata.deletionTimestamp !== undefined) await ifThere(cluster.deleteNow(ref, pod.metadata.uid!));
    },
  };
}

function report(error: Error, controller: string): void {
  process.stderr.write(`controller ${controller}: ${error.message}\n`);
}
