import type { Clock } from '@kubectl-dr/core/ports/clock';
import { type KubeObject, types } from '@kubectl-dr/core/ports/kubernetes';
import { FakeClock } from '@kubectl-dr/core/testing/clock';
import { HttpCluster } from '@kubectl-dr/kubernetes/http-cluster';
import { apiDispatcher } from '@kubectl-dr/sandbox/doors/dispatcher';
import { createAll } from '@kubectl-dr/sandbox/simulators/create-all';
import type { Controller } from '@kubectl-dr/sandbox/simulators/controller';
import { type Durations, instant } from '@kubectl-dr/sandbox/simulators/durations';
import { nodes, snapshotClass, storageClasses } from '@kubectl-dr/sandbox/simulators/hardware';
import { MemoryBuckets } from '@kubectl-dr/sandbox/simulators/object-store';
import { type VeleroBehaviour, behaviour } from '@kubectl-dr/sandbox/simulators/velero/context';
import { veleroDefinitions } from '@kubectl-dr/sandbox/simulators/velero/crds';
import { type LocationPlan, veleroInstallation } from '@kubectl-dr/sandbox/simulators/velero/install';
import { PoweredControllers } from '@kubectl-dr/sandbox/simulators/power';
import { VeleroStage } from '@kubectl-dr/sandbox/simulators/velero/stage.testing';
import { veleroControllers } from '@kubectl-dr/sandbox/simulators/velero/velero';
import { snapshotControllers } from '@kubectl-dr/sandbox/simulators/volumes/snapshots';
import { VolumeStore } from '@kubectl-dr/sandbox/simulators/volumes/volume-store';
import { volumeControllers } from '@kubectl-dr/sandbox/simulators/volumes/volumes';
import { type ClaimOf, runIn, usualPrograms } from '@kubectl-dr/sandbox/simulators/workloads/commands';
import { workloadControllers } from '@kubectl-dr/sandbox/simulators/workloads/workloads';
import type { Ground } from './ground.ts';
import { asStandby } from './standby.ts';
import { passingTime } from './passing-time.ts';
import { accessTypes, ControlledMemoryCluster, typesOf } from './memory-cluster.ts';
import { customTypes } from './custom-types.ts';
import type { Worlds, WorldsOptions } from './world.ts';
import { World } from './world.ts';

export type StillTarget = 'memory' | 'sandbox';

/** Grounds on which time stands still unless somebody waits: what takes hours elsewhere is over at once, and nothing is left to chance. */
const grounds: Record<StillTarget, (withStandby: boolean) => Promise<Ground>> = { memory, sandbox };

/** Each world has a ground of its own. */
export function stillWorlds(target: StillTarget, { standby = false }: WorldsOptions = {}): Worlds {
  return {
    atOnce: 1,
    sample: 9,
    async open() {
      const ground = await grounds[target](standby);
      return World.open(ground, 'shop', () => ground.close());
    },
    close: async () => undefined,
  };
}

function passing(clock: FakeClock, settle: () => Promise<void>): Pick<Ground, 'clock' | 'haste' | 'settle' | 'pass' | 'age'> {
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await settle();
  };
  return { clock: passingTime(clock, settle), haste: 1, settle, pass, age: (_, minutes) => pass(minutes * 60_000) };
}

/** A cluster without any server, in which the same controllers make things happen; its volumes lie in `volumes`. */
export interface MemoryStage {
  cluster: ControlledMemoryCluster;
  clock: Clock;
  volumes: VolumeStore;
  durations: Durations;
  velero: VeleroBehaviour;
  run(controllers: readonly Controller[]): void;
  /** Without it nothing happens by itself; what is there and lies on disks stays. */
  power: Pick<PoweredControllers, 'cut' | 'restore' | 'on'>;
  /** Resolves when nothing is due. */
  idle(): Promise<void>;
  close(): void;
}

interface MemoryStageOptions {
  name: string;
  clock: Clock;
  buckets: MemoryBuckets;
  locations: readonly LocationPlan[];
  velero?: Partial<VeleroBehaviour>;
  /** Of types that are served besides those of Velero, snapshots and workloads. */
  definitions?: readonly KubeObject[];
}

export async function memoryStage({
  name,
  clock,
  buckets,
  locations,
  definitions = [],
  ...options
}: MemoryStageOptions): Promise<MemoryStage> {
  const durations = { ...instant };
  const volumes = new VolumeStore();
  const velero = behaviour(options.velero);
  const cluster = new ControlledMemoryCluster({
    name,
    clock,
    types: [...[...veleroDefinitions(), ...definitions].flatMap(typesOf), ...accessTypes, ...Object.values(customTypes)],
  });
  const claimOf: ClaimOf = (namespace, claim) =>
    cluster.peek(types.persistentVolumeClaims, namespace).find(({ metadata }) => metadata.name === claim);
  cluster.runs = ({ namespace, pod: podName, container }, command) => {
    const pod = cluster.peek(types.pods, namespace).find(({ metadata }) => metadata.name === podName)!;
    const [first] = (pod.spec as { containers: { name: string }[] }).containers;
    return runIn(claimOf, volumes, usualPrograms, pod, container ?? first!.name, command);
  };
  await createAll(cluster, [...nodes([{ name: 'a', zone: 'eu-1a' }]), ...storageClasses(), snapshotClass()]);
  await createAll(cluster, veleroInstallation(velero.version, locations));
  const power = new PoweredControllers({ name, cluster, clock, onError: report });
  const run = (controllers: readonly Controller[]): void => power.run(controllers);
  run([
    ...volumeControllers(cluster, volumes),
    ...snapshotControllers({ cluster, volumes, clock }),
    ...workloadControllers({ cluster, clock, durations, volumes, failures: [] }),
    ...veleroControllers({
      cluster,
      clock,
      durations,
      volumes,
      buckets,
      behaviour: velero,
      namespace: 'velero',
      offer(bytes) {
        const url = `https://store.invalid/${crypto.randomUUID()}`;
        cluster.blobs.set(url, bytes);
        return { url, withdraw: () => void cluster.blobs.delete(url) };
      },
      missing: 'https://store.invalid/nothing',
    }),
  ]);
  const version = async (): Promise<string> => (await cluster.list(types.namespaces)).resourceVersion;
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2;) {
      const before = await version();
      await Promise.all(power.running.map((one) => one.idle()));
      quiet = (await version()) === before ? quiet + 1 : 0;
    }
  };
  await idle();
  return { cluster, clock, volumes, durations, velero, run, power, idle, close: () => power.close() };
}

/** No server at all, but the same controllers. */
async function memory(withStandby: boolean): Promise<Ground> {
  const clock = new FakeClock();
  const buckets = new MemoryBuckets(['backups']);
  const locations = [{ name: 'default', bucket: 'backups', isDefault: true }];
  const east = await memoryStage({ name: 'east', clock, buckets, locations });
  const west = withStandby ? await memoryStage({ name: 'west', clock, buckets, locations }) : undefined;
  const settle = async (): Promise<void> => {
    await east.idle();
    await west?.idle();
  };
  const { cluster, volumes, durations, velero } = east;
  return {
    cluster,
    ...passing(clock, settle),
    read: async (volume) => volumes.read(volume),
    write: async (volume, files) => volumes.write(volume, files),
    runsCommands: true,
    nodeAgent: true,
    durations,
    velero,
    ...(west && { standby: await asStandby({ cluster: west.cluster, read: async (volume) => west.volumes.read(volume) }) }),
    async close() {
      east.close();
      west?.close();
    },
  };
}

/** The sandbox with all of its controllers, reached by the product's client over HTTP without a network. */
async function sandbox(withStandby: boolean): Promise<Ground> {
  const velero = await VeleroStage.open();
  const { stage, clock, buckets, behaviour: settings } = velero;
  const west = withStandby ? (await VeleroStage.open('west', buckets, clock)).stage : undefined;
  const settle = async (): Promise<void> => {
    await stage.idle();
    await west?.idle();
  };
  const time = passing(clock, settle);
  const client = (impersonate?: string, api: Parameters<typeof apiDispatcher>[0] = stage.api, name = 'east'): HttpCluster =>
    new HttpCluster({
      config: {
        name,
        cluster: { name, server: 'https://sandbox.invalid' },
        user: { name: 'admin', token: 'admin', ...(impersonate !== undefined && { impersonate: { user: impersonate } }) },
      },
      dispatcher: apiDispatcher(api),
      clock: time.clock,
    });
  const cluster = client();
  const there = west && client(undefined, west.api, 'west');
  return {
    cluster,
    ...time,
    read: async (volume) => stage.volumes.read(volume),
    write: async (volume, files) => stage.volumes.write(volume, files),
    user: async (name) => client(name),
    through: (door) => client(undefined, { fetch: (request) => door(request, (passed) => stage.api.fetch(passed)) }),
    runsCommands: true,
    nodeAgent: true,
    durations: stage.durations,
    velero: settings,
    ...(west && there && { standby: await asStandby({ cluster: there, read: async (volume) => west.volumes.read(volume) }) }),
    async close() {
      await cluster.close();
      await there?.close();
      stage.close();
      west?.close();
    },
  };
}

function report(error: Error, controller: string): void {
  process.stderr.write(`controller ${controller}: ${error.message}\n`);
}
