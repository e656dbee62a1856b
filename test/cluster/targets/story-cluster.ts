import { types } from '@kubectl-dr/core/ports/kubernetes';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { systemClock } from '@kubectl-dr/core/system-clock';
import type { FakeClock } from '@kubectl-dr/core/testing/clock';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { resolveContext } from '@kubectl-dr/kubernetes/kubeconfig/context';
import { loadKubeConfig } from '@kubectl-dr/kubernetes/kubeconfig/load';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { at, textAt } from '@kubectl-dr/sandbox/api/json';
import type { Controller, RunningControllers } from '@kubectl-dr/sandbox/simulators/controller';
import { runControllers } from '@kubectl-dr/sandbox/simulators/controller';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import { instant } from '@kubectl-dr/sandbox/simulators/durations';
import { nodes, snapshotClass, storageClasses } from '@kubectl-dr/sandbox/simulators/hardware';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { behaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import { veleroInstallation } from '@kubectl-dr/sandbox/simulators/velero/install';
import { veleroControllers } from '@kubectl-dr/sandbox/simulators/velero/velero';
import { VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import { snapshotControllers } from '@kubectl-dr/sandbox/simulators/volumes/snapshots';
import { volumeControllers } from '@kubectl-dr/sandbox/simulators/volumes/volumes';
import { volsyncControllers } from '@kubectl-dr/sandbox/simulators/volsync/volsync';
import { podController } from '@kubectl-dr/sandbox/simulators/workloads/pods';
import type { StoryCluster } from '../../e2e/story-cluster.ts';
import { copying } from '../../e2e/story-cluster.ts';
import { typesOf } from '../../suites/memory-cluster.ts';
import { clockDoor } from './clock-door.ts';
import { ControlledHttpCluster } from './controlled-http-cluster.ts';
import { endingPods } from './ending-pods.ts';
import { serveLinks } from './links.ts';
import { define, realCluster } from './real.ts';
import { shippedDefinitions } from './snapshots.ts';
import { wipe } from './wiped.ts';

/** What the sandbox of a story serves besides Kubernetes' own. */
const engines = ['velero.io', 'snapshot.storage.k8s.io', 'groupsnapshot.storage.k8s.io'];
/** Milliseconds without a change after which the controllers of the control plane are taken to have nothing to do. */
const quiet = 40;
/** And after which they are not waited for: some of what they do takes its time. */
const patience = 4_000;

/**
 * The cluster of a story on a real control plane: the API server, and the controllers of Kubernetes for workloads and
 * garbage. What the server says of time is told by the story's clock, and what it lacks is played as in the sandbox.
 */
export async function realStory(name: 'east' | 'west', clock: FakeClock): Promise<StoryCluster> {
  const place = realCluster(name);
  if (place.etcd === undefined) throw new Error(`${name} is somebody's own cluster, which is not emptied between two stories`);
  await wipe(place.etcd, engines);
  const config = resolveContext(await loadKubeConfig({ file: place.kubeconfig, env: {} }));
  const door = await clockDoor({ url: config.cluster.server, ca: Buffer.from(config.cluster.caData!, 'base64').toString() }, clock);
  const inside = { name, cluster: { name, server: door.url }, user: config.user };
  const cluster = new ControlledHttpCluster(inside, name);
  await defineMissing(cluster, [...(await shippedDefinitions('velero')), ...(await shippedDefinitions('external-snapshotter'))]);

  const [volumes, buckets, links, settings] = [new VolumeStore(), new MemoryBuckets(['backups']), await serveLinks(), behaviour()];
  const durations = { ...instant };
  const ending = new AbortController();
  const running: RunningControllers[] = [];
  const run = (controllers: readonly Controller[]): void => {
    running.push(runControllers({ cluster, clock, controllers, signal: ending.signal, onError: report }));
  };
  const workloads = new Map<string, KubeObject>();
  const idle = async (): Promise<void> => {
    const began = performance.now();
    for (;;) {
      for (const each of running) await each.idle();
      const done = door.asked === 0 && door.quietFor() > quiet && [...workloads.values()].every(isSeen);
      if (done || performance.now() - began > patience) return;
      await systemClock.sleep(10);
    }
  };
  run([
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
  await createAll(cluster, [
    ...storageClasses(),
    snapshotClass(),
    ...veleroInstallation('v1.18.1', [{ name: 'default', bucket: 'backups', isDefault: true }]),
  ]);
  const { offer, missing } = links;
  run(veleroControllers({ cluster, clock, durations, volumes, buckets, behaviour: settings, namespace: 'velero', offer, missing }));
  await idle();

  const volumeOf = async (namespace: string, claim: string): Promise<string> =>
    textAt(await cluster.get({ type: types.persistentVolumeClaims, namespace, name: claim }), 'spec', 'volumeName');
  const create = (object: KubeObject): Promise<void> => createAll(cluster, [object]);
  return {
    stage: {
      name,
      cluster,
      clock,
      durations,
      volumes,
      run,
      idle,
      async close() {
        ending.abort(new Error('the story is over'));
        await Promise.all([cluster.close(), links.close(), door.close()]);
        await wipe(place.etcd!, engines);
      },
    },
    behaviour: settings,
    reach(as, between) {
      // Under the name by which the sandbox knows its administrator.
      const impersonate = as === undefined ? { user: 'kubernetes-admin', groups: ['system:masters'] } : { user: as };
      const answering = between && apiDispatcher({ fetch: async (request) => between(request) ?? fetch(request) });
      return new HttpCluster({
        config: { ...inside, user: { ...config.user, impersonate } },
        clock,
        ...(answering && { dispatcher: answering }),
      });
    },
    async installVolsync(way) {
      await defineMissing(cluster, await shippedDefinitions('volsync'));
      run(volsyncControllers({ cluster, clock, volumes, between: way, ...copying[name] }));
    },
    create,
    names: async (type, namespace) =>
      (await cluster.list(type, namespace === undefined ? {} : { namespace })).items.map(({ metadata }) => metadata.name).sort(),
    async backup(backup, spec) {
      await create({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: backup, namespace: 'velero' }, spec });
      await idle();
    },
    read: async (namespace, claim) => volumes.read(await volumeOf(namespace, claim)),
    write: async (namespace, claim, files) => volumes.write(await volumeOf(namespace, claim), files),
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
